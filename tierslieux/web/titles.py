"""What a problem is called and what to do about it, by its code: the two sentences that a person reads."""

from __future__ import annotations

from tierslieux.web.i18n import mark

NOTHING_STORED = mark("Rien n'a été enregistré.")
TITLES: dict[str, tuple[str, str]] = {
    "invalid_request": (
        mark("La demande ne peut pas être lue"),
        mark("Corrigez les champs indiqués, puis recommencez."),
    ),
    "not_found": (mark("Cette page n'existe pas ou ne vous est pas ouverte"), mark("Cherchez un lieu.")),
    "place_closed": (
        mark("Ce lieu est fermé, ou ne souhaite plus figurer ici"),
        mark("Cherchez un autre lieu dans les environs."),
    ),
    "not_signed_in": (mark("Il faut se connecter"), mark("Connectez-vous ; un programme donne un jeton valable.")),
    "wrong_code": (mark("Ce n'est pas le bon code"), mark("Tapez les six chiffres du dernier mail.")),
    "code_expired": (mark("Ce code n'est plus valable"), mark("Demandez un nouveau code.")),
    "bad_email": (mark("Cette adresse e-mail n'est pas complète"), mark("Corrigez-la, puis recommencez.")),
    "email_taken": (mark("Un compte a déjà cette adresse"), mark("Donnez une autre adresse.")),
    "bad_name": (
        mark("Ce nom ne peut pas être enregistré"),
        mark("Écrivez-le sur une ligne, en 80 signes au plus."),
    ),
    "unknown_commune": (
        mark("Cette commune n'est pas connue"),
        mark("Donnez le code INSEE d'une commune d'aujourd'hui."),
    ),
    "outside_sign_in_failed": (
        mark("L'identification n'a pas abouti"),
        mark("Recommencez, ou demandez un code par e-mail."),
    ),
    "issuer_away": (
        mark("Le service d'identification ne répond pas"),
        mark("Réessayez dans un instant, ou demandez un code par e-mail."),
    ),
    "missing_scope": (
        mark("Ce jeton n'en donne pas le droit"),
        mark("Demandez un jeton qui porte la portée nécessaire."),
    ),
    "stale_version": (mark("Cette fiche a changé entre-temps"), mark("Relisez-la, puis refaites votre changement.")),
    "too_many_requests": (mark("Trop de demandes"), mark("Attendez un instant, puis réessayez.")),
    "body_too_large": (mark("L'envoi est trop lourd"), mark("Envoyez-le en plusieurs parties.")),
    "method_not_allowed": (mark("Cette adresse ne se demande pas ainsi"), mark("Voyez la documentation : /api/docs.")),
    "unsupported_media_type": (
        mark("Ce format d'envoi n'est pas accepté"),
        mark("Envoyez du JSON (application/json)."),
    ),
    "in_progress": (
        mark("La même demande est déjà en cours"),
        mark("Attendez sa réponse, puis réessayez avec la même clé."),
    ),
    "key_reused": (
        mark("Cette clé a déjà servi pour une autre demande"),
        mark("Prenez une nouvelle clé Idempotency-Key."),
    ),
    "cross_site": (mark("Ce formulaire vient d'un autre site"), mark("Ouvrez la page ici, puis recommencez.")),
    "ambiguous_code": (
        mark("Ce code désigne deux territoires"),
        mark("Choisissez l'un des deux identifiants proposés."),
    ),
    "both_own_resources": (
        mark("Ces deux lieux ont des places à réserver"),
        mark("Retirez celles de l'un des deux d'abord."),
    ),
    "bookings_affected": (
        mark("Des réservations seraient touchées"),
        mark("Décidez d'abord ce qu'elles deviennent : elles sont énumérées."),
    ),
    "seat_given": (
        mark("Cette place est déjà attribuée à une personne dans cette période"),
        mark("Choisissez une autre place, ou une autre période."),
    ),
    "too_many_resources": (
        mark("Ce lieu a déjà tout ce qu'un lieu peut proposer"),
        mark("Retirez d'abord ce qui ne sert plus."),
    ),
    "status_changed": (mark("L'état a changé entre-temps"), mark("Rechargez, puis voyez ce qui reste possible.")),
    "invalid_hours": (mark("Ces horaires ne peuvent pas être lus"), mark("Corrigez la partie indiquée.")),
    "unavailable": (mark("Le service est momentanément indisponible"), mark("Réessayez dans un instant.")),
    "server_error": (
        mark("Une erreur est survenue de notre côté"),
        mark("Réessayez dans un instant ; si cela continue, indiquez-nous ce numéro."),
    ),
}
"""Title and remedy by code, in French (the message ids of the translations)."""

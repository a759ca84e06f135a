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
    "outside_opening_hours": (
        mark("Le lieu n'est pas ouvert à cette heure"),
        mark("Choisissez une heure d'ouverture."),
    ),
    "closed": (mark("Le lieu est fermé ce jour-là"), mark("Choisissez un autre jour.")),
    "end_before_start": (mark("La fin doit venir après le début"), mark("Corrigez les heures.")),
    "in_the_past": (mark("Cet horaire est déjà passé"), mark("Choisissez une heure à venir.")),
    "too_late_notice": (mark("C'est trop tôt pour ce lieu"), mark("Choisissez une heure plus tardive.")),
    "beyond_horizon": (mark("C'est trop loin dans le temps"), mark("Choisissez un jour plus proche.")),
    "too_short": (mark("La durée est trop courte"), mark("Choisissez une durée plus longue.")),
    "too_long": (mark("La durée est trop longue"), mark("Choisissez une durée plus courte.")),
    "off_grid": (mark("Ici, on ne commence pas à cette heure"), mark("Choisissez l'une des heures proposées.")),
    "no_such_mode": (mark("Ce lieu ne se réserve pas ainsi"), mark("Choisissez l'une des durées proposées.")),
    "too_many_seats": (mark("Il n'y a pas autant de places"), mark("Demandez moins de places.")),
    "quota_reached": (
        mark("Vous avez déjà toutes les réservations possibles ici cette semaine-là"),
        mark("Choisissez une autre semaine."),
    ),
    "overlapping_own_booking": (
        mark("Vous avez déjà une réservation à cette heure"),
        mark("Annulez ou déplacez l'autre d'abord."),
    ),
    "pending_limit": (
        mark("Vous avez déjà des demandes en attente dans ce lieu"),
        mark("Attendez la réponse du lieu, ou annulez l'une d'elles."),
    ),
    "slot_taken": (
        mark("La dernière place vient d'être réservée"),
        mark("Choisissez une autre heure, ou un autre lieu : les plus proches sont proposés."),
    ),
    "place_not_bookable": (
        mark("Ce lieu ne se réserve pas en ligne"),
        mark("Voyez sa fiche pour savoir comment venir."),
    ),
    "naive_time": (
        mark("L'heure est donnée sans fuseau horaire"),
        mark("Ajoutez le décalage : 2027-09-06T10:00:00+02:00."),
    ),
    "nonexistent_time": (mark("Cette heure n'existe pas"), mark("Choisissez une autre heure.")),
    "ambiguous_time": (mark("Cette heure existe deux fois"), mark("Choisissez une autre heure.")),
    "hold_expired": (
        mark("La place n'est plus gardée"),
        mark("Demandez-la de nouveau : elle est peut-être encore libre."),
    ),
    "hold_mismatch": (
        mark("Ce n'est pas ce qui est gardé pour vous"),
        mark("Confirmez la même place, aux mêmes heures, ou demandez-en une autre."),
    ),
    "too_many_holds": (mark("Vous gardez déjà trois places"), mark("Confirmez-les ou laissez-les d'abord.")),
    "too_many_wishes": (
        mark("Vous attendez déjà beaucoup de places dans ce lieu"),
        mark("Renoncez d'abord à l'une de ces demandes."),
    ),
    "check_in_too_early": (
        mark("Il est trop tôt pour noter l'arrivée"),
        mark("Revenez un quart d'heure avant le début."),
    ),
    "check_in_too_late": (mark("Il est trop tard pour noter l'arrivée"), mark("Demandez à l'équipe du lieu.")),
    "too_far_away": (
        mark("Vous ne semblez pas être au lieu"),
        mark("Lisez le code affiché sur place, ou demandez à l'équipe du lieu."),
    ),
    "open_bookings": (
        mark("Vous avez encore des réservations à venir"),
        mark("Annulez-les d'abord, ou attendez qu'elles soient passées."),
    ),
    "undo_too_late": (mark("Il est trop tard pour revenir en arrière"), mark("Faites le changement à la main.")),
    "status_changed": (mark("L'état a changé entre-temps"), mark("Rechargez, puis voyez ce qui reste possible.")),
    "invalid_rrule": (
        mark("Cette répétition ne peut pas être réservée"),
        mark("Donnez un nombre de dates (100 au plus) ou une date de fin (dans les 5 ans)."),
    ),
    "invalid_hours": (mark("Ces horaires ne peuvent pas être lus"), mark("Corrigez la partie indiquée.")),
    "unavailable": (mark("Le service est momentanément indisponible"), mark("Réessayez dans un instant.")),
    "server_error": (
        mark("Une erreur est survenue de notre côté"),
        mark("Réessayez dans un instant ; si cela continue, indiquez-nous ce numéro."),
    ),
}
"""Title and remedy by code, in French (the message ids of the translations)."""

"""The form for an error or a removal, worded."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tierslieux.places.contributions import SUBJECTS, ContributionKind
from tierslieux.places.page_queries import PlaceRecord
from tierslieux.places.views import commune_label
from tierslieux.shared.errors import InvalidRequest
from tierslieux.web.i18n import gettext as _
from tierslieux.web.i18n import localised, mark

_SUBJECTS = {
    "hours": mark("Les horaires"),
    "contact": mark("Le téléphone, l'adresse ou le site web"),
    "position": mark("L'endroit sur la carte"),
    "closed": mark("Ce lieu est fermé pour de bon"),
    "duplicate": mark("Ce lieu est déjà dans l'annuaire"),
    "other": mark("Autre chose"),
    "place": mark("Retirer tout le lieu"),
    "information": mark("Retirer une information"),
    "personal": mark("Retirer une information sur une personne"),
}
_WORDS = {
    "error": (
        mark("Signaler une erreur"),
        mark("Qu'est-ce qui est faux ?"),
        mark("Qu'est-ce qui est juste ?"),
        mark("Par exemple : « ouvert le mardi de 9 h à 12 h depuis septembre ». Ne dites rien d'une personne."),
        mark("Signaler l'erreur"),
    ),
    "removal": (
        mark("Retirer ce lieu ou une information"),
        mark("Que faut-il retirer ?"),
        mark("Pourquoi ?"),
        mark("Dites ce qui doit disparaître et à quel titre vous le demandez. Une personne lit votre demande."),
        mark("Demander le retrait"),
    ),
}
_FAULTS = {
    "subject": mark("Choisissez une réponse dans la liste."),
    "message": mark("Écrivez votre message (2 000 caractères au plus)."),
    "email": mark("Cette adresse e-mail n'est pas complète. Corrigez-la, ou laissez le champ vide."),
}


class SubjectChoice(msgspec.Struct, frozen=True):
    """One thing the message may be about."""

    value: str
    label: str
    checked: bool


class ContributionForm(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it is shown; ``faults`` are ``(field id, words)``, empty at first."""

    title: str
    subject_legend: str
    message_label: str
    message_hint: str
    button: str
    action: str
    place_label: str
    place_address: str
    subjects: tuple[SubjectChoice, ...]
    message: str
    email: str
    message_fault: str | None
    email_fault: str | None
    faults: tuple[tuple[str, str], ...]


def form_view(
    kind: ContributionKind, place: PlaceRecord, form: Mapping[str, str], fault: InvalidRequest | None
) -> ContributionForm:
    """The form with what was written in it, and what is wrong with that."""
    title, legend, label, hint, button = (_(words) for words in _WORDS[kind])
    wrong = {error.field: _(_FAULTS[error.field]) for error in fault.errors} if fault else {}
    given = form.get("subject", "")
    return ContributionForm(
        title=title,
        subject_legend=legend,
        message_label=label,
        message_hint=hint,
        button=button,
        action=localised(f"/lieux/{place.slug}/{'signaler' if kind == 'error' else 'retirer'}"),
        place_label=f"{place.name}, {commune_label(place.commune_name, place.commune_code)}",
        place_address=localised(f"/lieux/{place.slug}"),
        subjects=tuple(SubjectChoice(value, _(_SUBJECTS[value]), value == given) for value in SUBJECTS[kind]),
        message=form.get("message", ""),
        email=form.get("email", ""),
        message_fault=wrong.get("message"),
        email_fault=wrong.get("email"),
        faults=tuple(
            (f"sujet-{SUBJECTS[kind][0]}" if name == "subject" else name, words) for name, words in wrong.items()
        ),
    )

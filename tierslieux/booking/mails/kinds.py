"""What each kind of mail says, in French (the message ids of the translations): what happened, and what to do.

``{until}`` is the time until which it is kept, ``{previous}`` the range before, ``{count}`` the number of dates; a
sentence whose fact is not known is left out. ``{when}`` and ``{place}`` stand in subjects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tierslieux.booking.calendar_files import EventStatus
from tierslieux.booking.mails.facts import MailKind
from tierslieux.web.i18n import mark

Offer = Literal["booking", "move", "cancel", "kept", "request", "again", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``says`` comes before the facts, ``then`` after them; ``why`` is why one gets the mail.

    ``about_place``: nothing of the booking is told but its time, so that nobody is named.
    ``event``: what the booking becomes in the guest's calendar, ``None`` where nothing changes there.
    """

    subject: str
    status: str
    says: tuple[str, ...]
    then: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    event: EventStatus | None = None
    shows_access: bool = False
    gives_reason: bool = False
    greets_guest: bool = True
    about_place: bool = False
    why: str = mark("Vous recevez ce mail parce que vous avez réservé sur tierslieux.")


OFFERS: Mapping[Offer, str] = {
    "booking": mark("Voir la réservation"),
    "move": mark("Changer l'horaire"),
    "cancel": mark("Annuler la réservation"),
    "kept": mark("Réserver cette place"),
    "request": mark("Voir la demande"),
    "again": mark("Choisir un autre horaire"),
    "place": mark("Voir la page du lieu"),
}

_CONFIRMED, _WAITING = mark("Confirmée"), mark("En attente de l'accord du lieu")
_FREES = mark("Si vous ne venez pas, annulez la réservation : la place servira à quelqu'un d'autre.")
_NOTHING_BOOKED = mark("Rien n'est réservé et vous n'avez rien à annuler.")
_CHOOSE = mark("Vous pouvez choisir un autre horaire, ou un autre lieu.")
_TEAM = mark("Vous recevez ce mail parce que vous vous occupez de ce lieu sur tierslieux.")
_ALL: tuple[Offer, ...] = ("booking", "move", "cancel")

KINDS: Mapping[MailKind, Kind] = {
    "confirmed": Kind(
        subject=mark("Réservation confirmée : {when}, {place}"),
        status=_CONFIRMED,
        says=(mark("Votre réservation est confirmée."),),
        then=(_FREES,),
        offers=_ALL,
        event="CONFIRMED",
        shows_access=True,
    ),
    "pending": Kind(
        subject=mark("Demande envoyée au lieu : {when}, {place}"),
        status=_WAITING,
        says=(
            mark("Votre demande est envoyée à l'équipe du lieu. La place est gardée pour vous en attendant."),
            mark("Vous recevrez sa réponse par mail, au plus tard le {until}."),
        ),
        then=(mark("Sans réponse à cette heure-là, la demande s'arrête d'elle-même et rien n'est réservé."),),
        offers=("booking", "cancel"),
        event="TENTATIVE",
    ),
    "approved": Kind(
        subject=mark("Réservation acceptée : {when}, {place}"),
        status=_CONFIRMED,
        says=(mark("L'équipe du lieu a accepté votre demande. Votre réservation est confirmée."),),
        then=(_FREES,),
        offers=_ALL,
        event="CONFIRMED",
        shows_access=True,
    ),
    "declined": Kind(
        subject=mark("Demande refusée par le lieu : {when}, {place}"),
        status=mark("Refusée par le lieu"),
        says=(mark("L'équipe du lieu n'a pas pu accepter votre demande."), _NOTHING_BOOKED),
        then=(_CHOOSE,),
        offers=("again",),
        gives_reason=True,
        event="CANCELLED",
    ),
    "lapsed": Kind(
        subject=mark("Sans réponse du lieu : {when}, {place}"),
        status=mark("Sans réponse du lieu"),
        says=(mark("L'équipe du lieu n'a pas répondu à temps. Votre demande s'est arrêtée."), _NOTHING_BOOKED),
        then=(_CHOOSE,),
        offers=("again",),
        event="CANCELLED",
    ),
    "moved": Kind(
        subject=mark("Réservation changée : {when}, {place}"),
        status=_CONFIRMED,
        says=(mark("Votre réservation a changé. Voici ce qui est réservé maintenant."), mark("Avant : {previous}.")),
        then=(_FREES,),
        offers=_ALL,
        gives_reason=True,
        event="CONFIRMED",
        shows_access=True,
    ),
    "cancelled_by_guest": Kind(
        subject=mark("Réservation annulée : {when}, {place}"),
        status=mark("Annulée"),
        says=(mark("Votre réservation est annulée, comme vous l'avez demandé. Vous n'avez rien d'autre à faire."),),
        offers=("again",),
        event="CANCELLED",
    ),
    "cancelled_by_host": Kind(
        subject=mark("Réservation annulée par le lieu : {when}, {place}"),
        status=mark("Annulée par le lieu"),
        says=(
            mark("L'équipe du lieu a dû annuler votre réservation."),
            mark("Elle ne compte pas dans le nombre de vos réservations."),
        ),
        then=(_CHOOSE,),
        offers=("again",),
        gives_reason=True,
        event="CANCELLED",
    ),
    "closure_moved": Kind(
        subject=mark("Réservation déplacée par le lieu : {when}, {place}"),
        status=_CONFIRMED,
        says=(
            mark("Le lieu ferme à l'heure de votre réservation. Son équipe l'a déplacée."),
            mark("Avant : {previous}."),
            mark("Votre place reste réservée, au lieu et à l'horaire indiqués ici."),
        ),
        then=(mark("Si cela ne vous convient pas, changez l'horaire ou annulez la réservation."),),
        offers=_ALL,
        gives_reason=True,
        event="CONFIRMED",
        shows_access=True,
    ),
    "reminder": Kind(
        subject=mark("Rappel : {when}, {place}"),
        status=_CONFIRMED,
        says=(mark("Votre place vous attend."),),
        then=(_FREES,),
        offers=_ALL,
        shows_access=True,
    ),
    "waitlist_offer": Kind(
        subject=mark("Une place s'est libérée : {when}, {place}"),
        status=mark("Gardée pour vous"),
        says=(mark("Une place s'est libérée. Elle est gardée pour vous jusqu'au {until}."),),
        then=(mark("Après cette heure, elle est proposée à une autre personne. Vous n'avez rien à annuler."),),
        offers=("kept",),
        why=mark("Vous recevez ce mail parce que vous avez demandé à savoir si une place se libère."),
    ),
    "no_show": Kind(
        subject=mark("Arrivée non notée : {when}, {place}"),
        status=mark("Absence"),
        says=(
            mark("Votre arrivée n'a pas été notée. La place a été rendue à d'autres."),
            mark("Vos autres réservations ne changent pas."),
        ),
        then=(
            mark("Si vous étiez là, dites-le aujourd'hui à l'équipe du lieu : elle peut encore noter votre arrivée."),
        ),
        offers=("booking",),
    ),
    "series_confirmed": Kind(
        subject=mark("Réservations confirmées : à partir du {when}, {place}"),
        status=_CONFIRMED,
        says=(mark("Vos réservations sont confirmées."),),
        then=(mark("Chaque date peut être changée ou annulée seule."),),
        offers=("booking",),
        event="CONFIRMED",
    ),
    "series_cancelled_by_guest": Kind(
        subject=mark("Réservations annulées : à partir du {when}, {place}"),
        status=mark("Annulée"),
        says=(mark("Vos réservations sont annulées, comme vous l'avez demandé. Vous n'avez rien d'autre à faire."),),
        offers=("again",),
        event="CANCELLED",
    ),
    "series_cancelled_by_host": Kind(
        subject=mark("Réservations annulées par le lieu : à partir du {when}, {place}"),
        status=mark("Annulée par le lieu"),
        says=(
            mark("L'équipe du lieu a dû annuler vos réservations."),
            mark("Elles ne comptent pas dans le nombre de vos réservations."),
        ),
        then=(_CHOOSE,),
        offers=("again",),
        gives_reason=True,
        event="CANCELLED",
    ),
    "host_pending": Kind(
        subject=mark("Demande à accepter : {when}, {place}"),
        status=_WAITING,
        says=(
            mark("Une personne demande une place dans votre lieu. La place est gardée en attendant votre réponse."),
            mark("Vous pouvez répondre jusqu'au {until}."),
        ),
        then=(mark("Sans réponse à cette heure-là, la demande s'arrête d'elle-même et la personne est prévenue."),),
        offers=("request",),
        greets_guest=False,
        why=_TEAM,
    ),
    "host_closed": Kind(
        subject=mark("Signalé fermé : {when}, {place}"),
        status=mark("Signalé fermé"),
        says=(mark("Une personne qui avait réservé dans votre lieu a signalé : « C'est fermé »."),),
        then=(
            mark("Si le lieu est ouvert, allez voir à la porte."),
            mark("Si ses horaires ont changé, corrigez-les : les réservations touchées vous seront montrées."),
        ),
        offers=("place",),
        greets_guest=False,
        about_place=True,
        why=_TEAM,
    ),
}

"""Why it cannot be booked: one sentence a rule, in the language of the request (wording.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.values import BrokenRule
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import gettext, mark, ngettext
from tierslieux.web.wording import NBSP, clock, day_without_year, ranges

_MODES = {"hour": mark("à l'heure"), "half_day": mark("à la demi-journée"), "day": mark("à la journée")}
_WELCOMES = {
    "no_booking": mark("venez aux heures d'ouverture"),
    "on_call": mark("téléphonez avant de venir"),
    "no": mark("il n'accueille pas le travail sur place"),
}
_CLOSINGS = {
    "public_holiday": mark("jour férié"),
    "closure": mark("fermeture exceptionnelle"),
}
_PLAIN = {
    "end_before_start": mark("La fin doit venir après le début."),
    "in_the_past": mark("Cet horaire est déjà passé."),
    "slot_taken": mark("La dernière place vient d'être réservée."),
    "nonexistent_time": mark("Cette heure n'existe pas : on avance les montres cette nuit-là."),
    "ambiguous_time": mark("Cette heure existe deux fois : on recule les montres cette nuit-là."),
    "naive_time": mark("L'heure est donnée sans fuseau horaire."),
}


def sentence_of(rule: BrokenRule, zone: ZoneInfo, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence for people; ``facts`` may hold what the rule itself does not (``policy``, ``place_name``)."""
    if rule.code in _PLAIN:
        return gettext(_PLAIN[rule.code])
    return _WRITERS[rule.code](rule, zone, facts or {})


def length_of_time(minutes: int) -> str:
    """ "30 min", "2 h", "1 h 30", "3 jours"."""
    if minutes % 1440 == 0 and minutes >= 2880:
        return ngettext("{n} jour", "{n} jours", minutes // 1440).format(n=minutes // 1440)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def _hours(rule: BrokenRule, zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    spans: Sequence[TimeRange] = rule.limit
    if not spans:
        return gettext("Le lieu est fermé ce jour-là.")
    said = ranges([(each.start, each.end) for each in spans], zone.key)
    return gettext("Le lieu ouvre de {hours} ce jour-là.").format(hours=said)


def _closed(rule: BrokenRule, _zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    if not rule.value:
        return gettext("Le lieu est fermé ce jour-là.")
    reason = gettext(_CLOSINGS[rule.value]) if rule.value in _CLOSINGS else rule.value
    return gettext("Le lieu est fermé ce jour-là : {reason}.").format(reason=reason)


def _notice(rule: BrokenRule, zone: ZoneInfo, facts: Mapping[str, Any]) -> str:
    policy = facts.get("policy")
    if policy is None:
        earliest: datetime = rule.limit.astimezone(zone)
        return gettext("Réservez au plus tôt pour {time}.").format(time=clock(earliest))
    return gettext("Ce lieu demande de réserver au moins {time} à l'avance.").format(
        time=length_of_time(policy.notice_minutes)
    )


def _horizon(rule: BrokenRule, _zone: ZoneInfo, facts: Mapping[str, Any]) -> str:
    policy = facts.get("policy")
    last: date = rule.limit
    if policy is None:
        return gettext("Les réservations sont ouvertes jusqu'au {day}.").format(day=day_without_year(last))
    return ngettext(
        "Les réservations ouvrent {n} jour à l'avance, aujourd'hui jusqu'au {day}.",
        "Les réservations ouvrent {n} jours à l'avance, aujourd'hui jusqu'au {day}.",
        policy.horizon_days,
    ).format(n=policy.horizon_days, day=day_without_year(last))


def _length(rule: BrokenRule, _zone: ZoneInfo, facts: Mapping[str, Any]) -> str:
    policy = facts.get("policy")
    if policy is not None:
        return gettext("La durée doit être entre {least} et {most}.").format(
            least=length_of_time(policy.min_minutes), most=length_of_time(policy.max_minutes)
        )
    said = (
        gettext("La durée doit être d'au moins {time}.")
        if rule.code == "too_short"
        else gettext("La durée doit être d'au plus {time}.")
    )
    return said.format(time=length_of_time(rule.limit))


def _grid(rule: BrokenRule, zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    times = ", ".join(clock(each.astimezone(zone)) for each in rule.limit)
    return gettext("Ici, les horaires proposés les plus proches sont {times}.").format(times=times)


def _mode(rule: BrokenRule, _zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    asked = gettext(_MODES[rule.value])
    offered = ", ".join(gettext(_MODES[mode]) for mode in rule.limit)
    return gettext("Ce lieu ne se réserve pas {asked} ; il se réserve {offered}.").format(asked=asked, offered=offered)


def _seats(rule: BrokenRule, _zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    return ngettext("Il y a {n} place en tout.", "Il y a {n} places en tout.", rule.limit).format(n=rule.limit)


def _quota(rule: BrokenRule, _zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    if "bookings" in rule.limit:
        number = rule.limit["bookings"]
        return ngettext(
            "Vous avez déjà {n} réservation ici cette semaine-là ; la suivante est possible dès le lundi suivant.",
            "Vous avez déjà {n} réservations ici cette semaine-là ; la suivante est possible dès le lundi suivant.",
            number,
        ).format(n=number)
    return gettext("Ce lieu se réserve au plus {time} par semaine et par personne.").format(
        time=length_of_time(rule.limit["minutes"])
    )


def _overlap(_rule: BrokenRule, _zone: ZoneInfo, facts: Mapping[str, Any]) -> str:
    where = facts.get("other_place")
    if where:
        return gettext("Vous avez déjà une réservation à cette heure : {place}.").format(place=where)
    return gettext("Vous avez déjà une réservation à cette heure.")


def _pending(rule: BrokenRule, _zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    return ngettext(
        "Vous avez déjà {n} demande en attente dans ce lieu.",
        "Vous avez déjà {n} demandes en attente dans ce lieu.",
        rule.limit,
    ).format(n=rule.limit)


def _welcome(rule: BrokenRule, _zone: ZoneInfo, _facts: Mapping[str, Any]) -> str:
    if rule.value in _WELCOMES:
        return gettext("Ce lieu ne se réserve pas en ligne : {how}.").format(how=gettext(_WELCOMES[rule.value]))
    return gettext("Ce lieu ne se réserve pas en ligne.")


_WRITERS: dict[str, Callable[[BrokenRule, ZoneInfo, Mapping[str, Any]], str]] = {
    "outside_opening_hours": _hours,
    "closed": _closed,
    "too_late_notice": _notice,
    "beyond_horizon": _horizon,
    "too_short": _length,
    "too_long": _length,
    "off_grid": _grid,
    "no_such_mode": _mode,
    "too_many_seats": _seats,
    "quota_reached": _quota,
    "overlapping_own_booking": _overlap,
    "pending_limit": _pending,
    "place_not_bookable": _welcome,
}
RULE_CODES = frozenset(_PLAIN) | frozenset(_WRITERS)
"""Every rule that can be broken; each has a sentence."""

"""A booking summed up before it is made: what, when, for how much, and what refuses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.booking.alternatives import Alternative, find_alternatives
from tierslieux.booking.domain.opening import joined, pieces
from tierslieux.booking.domain.rules import mode_of
from tierslieux.booking.domain.values import BrokenRule, Resource, Wish
from tierslieux.booking.engine import Judged, judge
from tierslieux.booking.mine.free_times import resource_names
from tierslieux.booking.notices import reserve_path
from tierslieux.booking.pages.asking import Asking
from tierslieux.booking.pages.slots import end_wall, wall, zone_note
from tierslieux.booking.pages.views import AlternativeView, Choice, ReserveView
from tierslieux.booking.refusals import facts_of
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.sentences import sentence_of
from tierslieux.booking.words import price_words
from tierslieux.places.resources.labels import seat_attribute_label
from tierslieux.places.views import commune_label
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import gettext, localised
from tierslieux.web.plans import Plan
from tierslieux.web.wording import clock, clock_range, day, day_without_year, distance, money

_PLACE = """
SELECT p.time_zone, p.slug, COALESCE(c.name, p.commune_name), COALESCE(p.commune_code, p.commune_code_given)
FROM place p LEFT JOIN commune c ON c.code = p.commune_code
WHERE p.place_id = %(place_id)s::integer AND p.state IN ('published', 'closed')
"""


@dataclass(frozen=True, slots=True)
class PlaceOfForm:
    """Where a form books."""

    place_id: int
    zone: ZoneInfo
    slug: str
    commune: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What the person wrote, and what was wrong with it."""

    name: str = ""
    email: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    is_signed_in: bool = False
    is_over: bool = False


def place_of_form(place_id: int) -> Plan[PlaceOfForm]:
    """The place, or ``NotFound``."""
    rows = yield _PLACE, {"place_id": place_id}
    if not rows:
        raise NotFound
    zone, slug, name, code = rows[0]
    return PlaceOfForm(place_id, ZoneInfo(zone), slug, commune_label(name, code))


def summed_up(place: PlaceOfForm, asking: Asking, asked: Asked, typed: Typed) -> Plan[ReserveView]:
    """The page of a wish: judged as of now, for this person."""
    wish, broken = asking.wish(place.zone)
    judged = yield from judge(asked, wish)
    broken = broken or tuple(judged.broken)
    found = (yield from find_alternatives(asked, wish)) if broken else []
    names = (yield from resource_names(place.place_id)) if found else {}
    instead = [_alternative(each, place, asking, names) for each in found]
    return reserve_view(place, asking, judged, (broken, instead), typed)


def reserve_view(
    place: PlaceOfForm,
    asking: Asking,
    judged: Judged,
    verdict: tuple[Sequence[BrokenRule], Sequence[AlternativeView]],
    typed: Typed,
) -> ReserveView:
    """The page in words."""
    wish, _ = asking.wish(place.zone)
    resource = judged.loaded.situation.resource
    broken, alternatives = verdict
    return ReserveView(
        **_what(place, asking, judged, wish),
        **_when(place, asking, wish),
        people=wish.seats,
        most_people=len(resource.seats) * resource.head_count,
        seat_choices=_seat_choices(resource, asking),
        cancellation=_cancellation(resource, wish, place.zone),
        needs_approval=resource.policy.requires_approval,
        rules=tuple(sentence_of(rule, place.zone, facts_of(judged.loaded)) for rule in broken),
        alternatives=tuple(alternatives),
        is_over=typed.is_over,
        name=typed.name,
        email=typed.email,
        faults=typed.faults,
        is_signed_in=typed.is_signed_in,
        can_wait=[rule.code for rule in broken] == ["slot_taken"],
    )


def _what(place: PlaceOfForm, asking: Asking, judged: Judged, wish: Wish) -> dict[str, Any]:
    situation = judged.loaded.situation
    resource, during = situation.resource, wish.during
    mode = mode_of(wish, situation) or resource.modes[0]
    price = resource.price_of(mode, during, wish.seats) if during else 0
    back = localised(f"/lieux/{place.slug}", None, jour=asking.day.isoformat(), mode=mode, personnes=asking.people)
    return {
        "slug": place.slug,
        "place_name": judged.loaded.place.name,
        "commune_label": place.commune,
        "resource_id": resource.resource_id,
        "resource_name": resource.name,
        "mode": mode,
        "ends": _ends(judged, wish, place.zone) if mode == "hour" else (),
        "price": price_words(price),
        "button": button_words(price, needs_approval=resource.policy.requires_approval),
        "back": f"{back}#reserver",
    }


def _when(place: PlaceOfForm, asking: Asking, wish: Wish) -> dict[str, Any]:
    return {
        "day": asking.day.isoformat(),
        "day_words": day(asking.day),
        "start": wall(wish.start, place.zone),
        "end": "24:00" if asking.ends_next_day else wall(wish.end, place.zone),
        "hours_words": clock_range(wish.start.astimezone(place.zone), wish.end.astimezone(place.zone)),
        "zone_note": zone_note(place.zone.key),
    }


def button_words(price: int | None, *, needs_approval: bool) -> str:
    """The duty to pay stands in the button."""
    if needs_approval:
        return gettext("Demander la place")
    if price:
        return gettext("Réserver et payer {price} sur place").format(price=money(price))
    return gettext("Confirmer la réservation")


def _ends(judged: Judged, wish: Wish, zone: ZoneInfo) -> tuple[Choice, ...]:
    """The times at which a booking from this start may end: on the grid, up to closing and the longest booking."""
    situation = judged.loaded.situation
    policy = situation.resource.policy
    whole = next((span for span in joined(pieces(situation.days)) if wish.start in span), None)
    if whole is None:
        return ()
    step = timedelta(minutes=policy.slot_minutes)
    found, end = [], wish.start + step
    last = min(whole.end, wish.start + timedelta(minutes=policy.max_minutes))
    while end <= last:
        if end - wish.start >= timedelta(minutes=policy.min_minutes):
            value = end_wall(TimeRange(wish.start, end), zone)
            found.append(Choice(clock(end.astimezone(zone)), value, end == wish.end))
        end += step
    return tuple(found)


def _seat_choices(resource: Resource, asking: Asking) -> tuple[Choice, ...]:
    """Seats that can be chosen: those with something of their own. "Any" comes first."""
    special = [seat for seat in resource.seats if seat.attributes]
    if not special or asking.people > 1:
        return ()
    choices = [Choice(gettext("Peu importe"), "", not asking.seat_ids)]
    for seat in special[:40]:
        about = ", ".join(seat_attribute_label(each) for each in sorted(seat.attributes))
        label = gettext("Place {label} : {about}").format(label=seat.label, about=about)
        choices.append(Choice(label, str(seat.seat_id), asking.seat_ids == (seat.seat_id,)))
    return tuple(choices)


def _cancellation(resource: Resource, wish: Wish, zone: ZoneInfo) -> str:
    until = wish.start - timedelta(minutes=resource.policy.free_cancellation_minutes)
    local = until.astimezone(zone)
    return gettext("Vous pouvez annuler librement jusqu'au {day} à {time}.").format(
        day=day_without_year(local.date()), time=clock(local)
    )


def _alternative(each: Alternative, place: PlaceOfForm, asking: Asking, names: Mapping[int, str]) -> AlternativeView:
    """When, and what or where it is, if that is not what was asked for."""
    zone = ZoneInfo(each.time_zone)
    start, end = each.during.start.astimezone(zone), each.during.end.astimezone(zone)
    when = f"{day_without_year(start.date())}, {clock_range(start, end)}"
    if each.place_id != place.place_id:
        when = f"{each.place_name} ({distance(each.distance_m)}), {when}"
    elif each.resource_id != asking.resource_id:
        when = f"{when}, {names[each.resource_id]}"
    return AlternativeView(when, localised(reserve_path(each, asking.people)))


def faults_of(form: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What is missing in a guest's form, as pairs of field and sentence."""
    faults = []
    if not form.get("nom", "").strip():
        faults.append(("nom", gettext("Écrivez votre nom : l'équipe du lieu verra votre prénom et une initiale.")))
    if not form.get("email", "").strip():
        faults.append(("email", gettext("Écrivez votre adresse e-mail : nous y envoyons un code.")))
    return tuple(faults)

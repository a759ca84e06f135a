"""The places of a demonstration, made ready: teams, guests, rules, hours, rooms and the days of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.values import Resource
from tierslieux.demo.domain.chance import chance
from tierslieux.demo.domain.choosing import Candidate
from tierslieux.demo.domain.people import Commune, Person, guest, team
from tierslieux.demo.domain.profiles import PROFILES, Profile, RoomPlan
from tierslieux.demo.domain.rooms import Room, Span
from tierslieux.demo.repository import reading, settling
from tierslieux.places.hours.days import DayHours
from tierslieux.places.policy import effective_policy
from tierslieux.places.showing import show_again
from tierslieux.web.plans import Plan

GUESTS_OF_A_PLACE = 24
"""How many people live near a place and come there; some come to the next one too."""
_REGULARS_ELSEWHERE = 4
_LEAD = timedelta(days=30)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Site:
    """A place that is given a life: its number in the demonstration, its hours, its team and its guests."""

    number: int
    place: Candidate
    profile: Profile
    hours: str
    team: Person
    guests: tuple[Person, ...]
    popularity: float

    def days(self, first: date, last: date) -> tuple[DayHours, ...]:
        """Its local days."""
        return self.place.days(self.hours, first, last)


def sites_of(places: Sequence[Candidate], around: dict[int, list[Commune]], seed: int) -> list[Site]:
    """The places with their people, numbered from 1."""
    near = [_guests(seed, number, around.get(place.place_id, [])) for number, place in enumerate(places)]
    return [
        _site(place, number, (*near[number], *near[(number + 1) % len(places)][:_REGULARS_ELSEWHERE]), seed)
        for number, place in enumerate(places)
    ]


def _guests(seed: int, number: int, around: Sequence[Commune]) -> tuple[Person, ...]:
    first = number * GUESTS_OF_A_PLACE + 1
    numbers = range(first, first + GUESTS_OF_A_PLACE)
    return tuple(guest(seed, each, around, chance(seed, "guest", each)) for each in numbers)


def _site(place: Candidate, number: int, guests: tuple[Person, ...], seed: int) -> Site:
    profile = PROFILES[place.kind]
    popularity = chance(seed, "popularity", number).uniform(0.55, 1.35)
    return Site(number + 1, place, profile, place.hours or profile.hours, team(seed, number + 1), guests, popularity)


def settle(sites: Sequence[Site], span: Span, seed: int) -> Plan[list[Room]]:
    """Store the places' side of the life and say their rooms. The places must be locked."""
    people = {person.account_id: person for site in sites for person in (site.team, *site.guests)}
    joined = datetime.combine(span.first - _LEAD, time(8), ZoneInfo("Europe/Paris"))
    yield from settling.add_people(list(people.values()), joined, span.today)
    for site in sites:
        said = settling.Said(site.place.place_id, site.team.account_id, span.today, dict(_fields(site)))
        yield from settling.say(said)
    yield from show_again([site.place.place_id for site in sites], span.now)
    rooms: list[Room] = []
    for site in sites:
        rooms += yield from _rooms(site, span, seed)
        behind = site.days(span.first, span.today - _ONE_DAY)
        yield from settling.add_days_behind(site.place.place_id, behind, seed, span.now)
    return rooms


def _fields(site: Site) -> Iterator[tuple[str, Any]]:
    yield "welcome", "bookable"
    yield "policy", dict(site.profile.policy)
    if site.place.hours is None:
        yield "opening_hours", {"osm": site.hours}


def _rooms(site: Site, span: Span, seed: int) -> Plan[list[Room]]:
    found = []
    known = site.days(span.first - _LEAD - _ONE_DAY, span.last + 9 * _ONE_DAY)
    days = {day.day: day for day in known}
    for place, plan in enumerate(site.profile.rooms):
        seats = chance(seed, "seats", site.number, place).randint(*plan.seats)
        resource = yield from _resource(site, plan, seats, span.first)
        found.append(
            Room(
                seed=seed,
                number=site.number,
                plan=plan,
                profile=site.profile,
                resource=resource,
                zone=ZoneInfo(site.place.time_zone),
                days=days,
                guests=site.guests,
                team_id=site.team.account_id,
                popularity=site.popularity,
            )
        )
    return found


def _resource(site: Site, plan: RoomPlan, seats: int, since: date) -> Plan[Resource]:
    place, policy = site.place, site.profile.policy
    resource_id = yield from settling.add_room(place.place_id, plan, seats, since, policy)
    made = yield from reading.seats_of(place.place_id, resource_id, place.time_zone)
    return Resource(
        place_id=place.place_id,
        resource_id=resource_id,
        name=plan.name,
        kind=plan.kind,
        head_count=plan.head_count,
        modes=plan.modes,
        prices=plan.prices,
        turnaround_minutes=plan.turnaround_minutes,
        policy=effective_policy(policy, settling.columns_of(plan, policy).policy),
        seats=made,
    )

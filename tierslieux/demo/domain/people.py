"""Made-up people: a number for a name, an address that nobody can have, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from tierslieux.demo.domain.chance import made_id, pick

DOMAIN = "demonstration.invalid"
"""Where made-up addresses end: ``.invalid`` is nobody's (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune near a place: its code, how many live there, how far away, in kilometres."""

    code: str
    population: int
    km: float


@dataclass(frozen=True, slots=True)
class Person:
    """A guest or a team; what they say of their travels may be unknown."""

    account_id: UUID
    email: str
    name: str
    home: str | None = None
    work: str | None = None
    travel_mode: str | None = None

    @property
    def travels(self) -> tuple[str | None, str | None, str | None]:
        """Home, usual workplace, mode of travel: what a booking copies."""
        return self.home, self.work, self.travel_mode


def team(seed: int, number: int) -> Person:
    """The team of the place with this number in the demonstration."""
    return Person(made_id(seed, "team", number), f"equipe-{number}@{DOMAIN}", f"Équipe {number}")


def guest(seed: int, number: int, around: Sequence[Commune], draw: Random) -> Person:
    """A guest who lives near; one in four says nothing of their travels."""
    name, email = f"Personne {number}", f"personne-{number}@{DOMAIN}"
    account_id = made_id(seed, "guest", number)
    if draw.random() < 0.25 or not around:
        return Person(account_id, email, name)
    home = pick(draw, {each: each.population / (2 + each.km) for each in around})
    work = pick(draw, {each: each.population**1.3 for each in around}) if draw.random() < 0.7 else None
    return Person(account_id, email, name, home.code, work.code if work else None, pick(draw, _modes(home.km)))


def _modes(km: float) -> dict[str, float]:
    """How people come, by distance."""
    if km < 2:
        return {"walk": 6, "bike": 3, "car": 1}
    if km < 7:
        return {"walk": 0.5, "bike": 4, "transit": 2, "car": 4}
    return {"bike": 0.5, "transit": 2, "car": 7, "other": 0.3}

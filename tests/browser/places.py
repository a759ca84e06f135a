"""The country of the browser tests: three towns of Finistère, their outlines, and places of every sort of knowledge."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from tests.factories import Base, make_commune, make_day, make_place, make_resource, make_seats
from tierslieux.places.domain import Accessibility, Description, PlaceDetails
from tierslieux.places.grid import rebuild_grid
from tierslieux.places.hours.days import Hours, work_out_days
from tierslieux.territories.zones import locality_of

QUIMPER, DOUARNENEZ, PLONEVEZ = (-4.1024, 47.996), (-4.3287, 48.0926), (-4.2236, 48.1005)
RENNES = (-1.6778, 48.1113)
FIRST_DAY = date(2027, 3, 21)
WEEK = "Tu-Sa 09:30-12:00,14:00-18:00; PH off"
HOSTILE = 'Le <b>Bazar</b> "d\'Yann" & </script><script>alert(1)</script>'
MANY = 45
"""How many small libraries stand around Quimper, so that its list has pages."""


def fill(base: Base) -> dict[str, str]:
    """Store it all; the slug of each place that tests name."""
    _towns(base)
    named = {"full": _full(base), "bare": _bare(base), "hostile": _hostile(base), "bookable": _bookable(base)}
    for number in range(MANY):
        at = (QUIMPER[0] + number % 9 * 0.004, QUIMPER[1] + number // 9 * 0.004)
        make_place(base, f"Bibliothèque {number:02d}", at=at, commune_code="29232", commune_name="Quimper")
    with base.transaction():
        rebuild_grid(base)
    return {name: _slug(base, number) for name, number in named.items()}


def _full(base: Base) -> int:
    place_id = make_place(
        base,
        "Médiathèque Georges-Perros",
        at=DOUARNENEZ,
        welcome="no_booking",
        details=_everything_known(),
        hours_osm=WEEK,
        hours_checked_on=date(2027, 2, 1),
        dated=date(2027, 2, 1),
        phone="+33298000001",
        street="Place de l'Enfer",
        postal_code="29100",
        commune_code="29046",
        commune_name="Douarnenez",
    )
    _open_week(base, place_id, "29046")
    return place_id


def _bookable(base: Base) -> int:
    """Eight desks by the hour, half-day and day, one of them adapted, and a meeting room with a price."""
    place_id = make_place(
        base,
        "La Cordée",
        at=RENNES,
        kind="coworking",
        welcome="bookable",
        hours_osm="Mo-Fr 09:00-12:30,13:30-18:00; PH off",
        commune_code="35238",
        commune_name="Rennes",
    )
    desks = make_resource(base, place_id, seats=7, name="Grande salle")
    make_seats(base, place_id, desks, 1, attributes=["wheelchair", "socket"])
    room: dict[str, Any] = {"kind": "meeting_room", "name": "Salle du haut", "head_count": 6, "modes": ["hour", "day"]}
    make_resource(base, place_id, **room, prices=Jsonb({"hour": 1200, "day": 6000}))
    return place_id


def _bare(base: Base) -> int:
    return make_place(
        base,
        "Bibliothèque municipale",
        at=PLONEVEZ,
        commune_code="29176",
        commune_name="Plonévez-Porzay",
        weekly_minutes=420,
        dated=date(2019, 6, 13),
        phone="+33298000002",
    )


def _hostile(base: Base) -> int:
    return make_place(
        base,
        HOSTILE,
        at=(-4.2, 48.09),
        kind="shop",
        commune_code="29176",
        commune_name="Plonévez-Porzay",
        details=PlaceDetails(description=Description(fr=HOSTILE), website="javascript:alert(1)"),
    )


def _towns(base: Base) -> None:
    make_commune(base)
    make_commune(base, "29046", "Douarnenez", at=DOUARNENEZ, population=14_111, postal_codes=("29100",))
    make_commune(base, "29176", "Plonévez-Porzay", at=PLONEVEZ, population=1_781, postal_codes=("29550",))
    base.execute(
        """INSERT INTO territory (level, code, name, search_name, population, geom, approximate, geo_cog)
        VALUES ('departement', '29', 'Finistère', 'finistere', 921638,
          ST_Multi(ST_MakeEnvelope(-5.2, 47.6, -3.4, 48.8, 4326)), true, 2026)"""
    )


def _everything_known() -> PlaceDetails:
    return PlaceDetails(
        website="https://mediatheque.example/",
        description=Description(fr="Douze tables près des fenêtres.\nCafé au rez-de-chaussée."),
        amenities={"wifi": "yes", "wifi_free": "yes", "printer": "yes", "drinks": "no"},
        accessibility=Accessibility(
            wheelchair="yes", step_free_entrance="yes", acceslibre_url="https://acces.example/1"
        ),
        price="free",
        services=("Aide aux démarches",),
    )


def _open_week(base: Base, place_id: int, commune_code: str) -> None:
    hours = Hours(text=WEEK, locality=locality_of(commune_code))
    for day in work_out_days(hours, FIRST_DAY, FIRST_DAY + timedelta(days=16)):
        make_day(
            base,
            place_id,
            day.day,
            *((piece.start, piece.end) for piece in day.open),
            state=day.state,
            reason=day.reason,
        )


def _slug(base: Base, place_id: int) -> str:
    row = base.execute("SELECT slug FROM place WHERE place_id = %s", (place_id,)).fetchone()
    assert row is not None
    return str(row[0])

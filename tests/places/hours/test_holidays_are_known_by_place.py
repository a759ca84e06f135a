from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from tests.places.hours.shared_data import shared_rows
from tierslieux.places.hours.calendar import (
    UnknownArea,
    days_between,
    possible_school_holidays,
    public_holiday_name,
    public_holidays,
    school_calendar_bounds,
    school_holidays,
)
from tierslieux.territories.zones import Locality, locality_of

AREAS = {
    "Moselle": "FR-57", "Bas-Rhin": "FR-67", "Haut-Rhin": "FR-68", "Guadeloupe": "FR-971", "Martinique": "FR-972",
    "Guyane": "FR-973", "Réunion": "FR-974", "Mayotte": "FR-976", "Saint-Barthélemy": "FR-977",
    "Saint-Martin (France)": "FR-978", "Nouvelle-Calédonie": "FR-988", "Polynésie française": "FR-987",
    "Wallis-et-Futuna": "FR-986",
}  # fmt: skip
CUSTOMS_NOT_LAW = {"FR-971", "FR-972", "FR-978", "FR-986", "FR-987"}
"""Areas where the two sources differ by days that are customs, or that the territory has decided since."""


@pytest.mark.parametrize(
    ("code", "time_zone", "area", "school_zone"),
    [
        ("29232", "Europe/Paris", "FR", "B"),
        ("75056", "Europe/Paris", "FR", "C"),
        ("57463", "Europe/Paris", "FR-57", "B"),
        ("67482", "Europe/Paris", "FR-67", "B"),
        ("2A004", "Europe/Paris", "FR", "none"),
        ("97105", "America/Guadeloupe", "FR-971", "none"),
        ("97411", "Indian/Reunion", "FR-974", "none"),
        ("97502", "America/Miquelon", "FR-975", "none"),
        ("97701", "America/St_Barthelemy", "FR-977", "none"),
        ("97123", "America/St_Barthelemy", "FR-977", "none"),
        ("98611", "Pacific/Wallis", "FR-986", "none"),
        ("98735", "Pacific/Tahiti", "FR-987", "none"),
        ("98731", "Pacific/Marquesas", "FR-987", "none"),
        ("98719", "Pacific/Gambier", "FR-987", "none"),
        ("98818", "Pacific/Noumea", "FR-988", "none"),
        (None, "Europe/Paris", "FR", None),
    ],
)
def test_a_commune_code_tells_zone_and_holidays(
    code: str | None, time_zone: str, area: str, school_zone: str | None
) -> None:
    assert locality_of(code) == Locality(time_zone, area, school_zone)


def test_every_mainland_departement_has_a_school_zone_and_there_are_96_of_them() -> None:
    codes = [f"{number:02d}" for number in range(1, 96) if number != 20]
    zones = [locality_of(f"{code}001").school_zone for code in codes]
    assert set(zones) == {"A", "B", "C"}
    assert len(codes) == 94


def test_good_friday_is_a_holiday_in_moselle_and_not_in_finistere() -> None:
    assert public_holiday_name("FR-57", date(2031, 4, 11)) == "Vendredi saint"
    assert public_holiday_name("FR-29", date(2031, 4, 11)) is None


def test_no_area_keeps_no_holiday_and_an_unknown_one_is_refused() -> None:
    assert public_holidays(None, 2031) == {}
    with pytest.raises(UnknownArea):
        public_holidays("DE", 2031)


def test_public_holidays_agree_with_the_shared_calendar() -> None:
    expected: dict[str, set[date]] = defaultdict(set)
    for row in shared_rows("jours_feries_fr.csv"):
        places = row["territoires_seulement"]
        for area in [AREAS[place] for place in places.split("|")] if places else ["FR", *AREAS.values()]:
            expected[area].add(date.fromisoformat(row["date"]))
    for area, days in expected.items():
        known = {day for year in range(2019, 2036) for day in public_holidays(area, year)}
        if area in CUSTOMS_NOT_LAW:
            assert {day for day in days if day in expected["FR"]} <= known
        else:
            assert known == days, area


def test_school_holidays_agree_with_the_shared_calendar_but_for_the_saturday_they_begin_on() -> None:
    shared: dict[str, set[date]] = defaultdict(set)
    for row in shared_rows("vacances_scolaires_fr.csv"):
        if row["zone_ou_territoire"].startswith("Zone "):
            first, last = date.fromisoformat(row["debut"]), date.fromisoformat(row["fin"])
            shared[row["zone_ou_territoire"][-1]] |= set(days_between(first, last))
    for zone, days in shared.items():
        known = {day for day in school_holidays(zone) if min(days) <= day <= max(days)}
        assert {day.weekday() for day in known - days} <= {5}
        assert {day.weekday() for day in days - known} <= {6}


def test_a_known_zone_has_one_calendar_an_unknown_one_three_and_a_territory_none() -> None:
    first, last = date(2027, 2, 1), date(2027, 3, 31)
    assert len(possible_school_holidays("A", first, last)) == 1
    assert len(possible_school_holidays(None, first, last)) == 3
    assert possible_school_holidays("none", first, last) == (frozenset(), frozenset(days_between(first, last)))


def test_beyond_the_published_calendar_every_day_may_be_a_holiday_or_not() -> None:
    beyond = school_calendar_bounds()[1] + timedelta(days=1)
    assert set(possible_school_holidays("A", beyond, beyond)) == {frozenset(), frozenset([beyond])}

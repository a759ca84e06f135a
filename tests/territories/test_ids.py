"""Public ids of territories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierslieux.shared.errors import NotFound
from tierslieux.territories.domain import TerritoryId, departement_of
from tierslieux.territories.errors import AmbiguousCode, UnknownTerritory

DEPARTEMENTS = st.sampled_from(["01", "29", "2A", "2B", "75", "971", "974", "976", "988"])
IDS = st.one_of(
    st.builds(lambda dep, rest: TerritoryId("commune", dep[:2] + f"{rest:03}"), DEPARTEMENTS, st.integers(0, 999)),
    st.builds(lambda siren: TerritoryId("epci", f"{siren:09}"), st.integers(0, 999_999_999)),
    st.builds(lambda dep: TerritoryId("departement", dep), DEPARTEMENTS),
    st.builds(lambda region: TerritoryId("region", f"{region:02}"), st.integers(0, 99)),
)


@given(IDS)
def test_an_id_that_is_written_reads_back_in_either_case(territory_id: TerritoryId) -> None:
    assert TerritoryId.parse(str(territory_id)) == territory_id
    assert TerritoryId.parse(str(territory_id).lower()) == territory_id
    assert TerritoryId.parse(str(territory_id).upper()) == territory_id


@given(st.text(max_size=30))
def test_any_text_is_an_id_or_no_territory(text: str) -> None:
    try:
        written = str(TerritoryId.parse(text))
    except NotFound:
        return
    assert written.casefold() == text.strip().casefold()


@pytest.mark.parametrize(("bare", "readings"), [
    ("53", ["dep-53", "reg-53"]), ("2a", ["dep-2A"]), ("974", ["dep-974"]), ("01", ["dep-01", "reg-01"]),
])  # fmt: skip
def test_a_bare_code_is_refused_with_its_readings(bare: str, readings: list[str]) -> None:
    with pytest.raises(AmbiguousCode) as refusal:
        TerritoryId.parse(bare)
    assert refusal.value.facts == {"readings": readings}


@pytest.mark.parametrize("text", ["", "2C004", "292320", "dep-", "dep-2C", "reg-2A", "reg-974", "٢٩٢٣٢", "29232 ' --"])
def test_what_is_no_id_is_no_territory(text: str) -> None:
    with pytest.raises(UnknownTerritory):
        TerritoryId.parse(text)


@pytest.mark.parametrize(
    ("code", "departement"), [("29232", "29"), ("2A004", "2A"), ("97411", "974"), ("98818", "988")]
)
def test_a_commune_code_begins_with_its_departement(code: str, departement: str) -> None:
    assert departement_of(code) == departement

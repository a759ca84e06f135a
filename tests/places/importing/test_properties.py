"""Whatever a file holds, every row ends as a record or a refusal, and nothing in it is executed."""

from __future__ import annotations

import csv
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.places.importing.conftest import TODAY, simple
from tierslieux.places.choosing import SourceValue, choose_fields, fields_of
from tierslieux.places.importing.cleaning import plain, plain_lines
from tierslieux.places.importing.identity import SeenRows, fingerprint
from tierslieux.places.importing.load.fields import Placed, columns_of, columns_of_record, facts_of_record
from tierslieux.places.importing.mapping import load_mapping, mapping_names
from tierslieux.places.importing.naming import tone_down
from tierslieux.places.importing.normalise import Normaliser
from tierslieux.places.importing.readers import open_source
from tierslieux.places.importing.record import PlaceRecord, RawRow, Refusal
from tierslieux.places.importing.values import read_date, read_phone, read_postal_code, read_siret, read_website
from tierslieux.shared.text import fold

ODD = [
    "<script>alert(1)</script>", "'; DROP TABLE place; --", "\x00", "NaN", "48,5", "-4.1", "Lundi 9h-12h", "2B033",
    "{a,b}", "24/7", "1970-01-01", "☕", "\u202e", "&amp;lt;b&amp;gt;", "0", "=1+1", "٣",
]  # fmt: skip
TAG = re.compile("</?[a-zA-Z!]")
CELLS = st.one_of(st.text(max_size=40), st.sampled_from(ODD))


@pytest.mark.parametrize("name", mapping_names())
def test_a_row_of_anything_is_a_record_or_a_refusal(name: str) -> None:
    mapping = load_mapping(name)
    normaliser = Normaliser(mapping, TODAY)
    columns = sorted(mapping.named_columns())

    @settings(max_examples=40, deadline=None)
    @given(st.lists(CELLS, min_size=len(columns), max_size=len(columns)))
    def holds(cells: list[str]) -> None:
        found = normaliser.read(RawRow(2, dict(zip(columns, cells, strict=True))))
        assert isinstance(found, PlaceRecord | Refusal)
        assert found.line == 2
        assert found.external_id
        if isinstance(found, PlaceRecord):
            assert not TAG.search(found.name), "a sign alone is text, a tag is not"
            assert found.name.strip()
            assert len(fingerprint(found)) == 16
        else:
            assert found.reason
            assert found.remedy

    holds()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=12))
def test_a_well_written_file_gives_every_row_back(rows: list[list[str]]) -> None:
    rows = [[cell.replace("\x00", "") for cell in row] for row in rows]
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
        assert len(list(open_source(path, "utf-8", None).rows())) == len(rows)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_a_file_of_random_bytes_gives_rows_or_a_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(b"nom,x\n" + content)
        for row in open_source(path, "utf-8", None).rows():
            assert isinstance(row, RawRow | Refusal)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_cleaning_is_idempotent_and_leaves_no_markup(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert plain_lines(plain_lines(text)) == plain_lines(text)
    assert "<script" not in once.lower()
    assert "\n" not in once


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example("a:AAAA")
def test_toning_down_changes_only_capitals_and_accents_and_nothing_the_second_time(name: str) -> None:
    toned = tone_down(name)
    assert fold(toned) == fold(name)
    assert tone_down(toned) == toned


@settings(max_examples=200, deadline=None)
@given(CELLS)
def test_single_values_are_read_or_left_out(text: str) -> None:
    phone, code, url = read_phone(text), read_postal_code(text), read_website(text)
    assert phone is None or phone.startswith("+")
    assert code is None or len(code) == 5
    assert url is None or url.startswith(("http://", "https://"))
    assert read_siret(text) is None or len(read_siret(text) or "") == 14
    day = read_date(text, TODAY)
    assert day is None or 1990 <= day.year <= TODAY.year


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["~a", "~b", "c"]), st.integers(0, 3)), max_size=30))
def test_every_repeated_row_is_new_the_same_or_a_clash(rows: list[tuple[str, int]]) -> None:
    seen = SeenRows()
    loaded: dict[str, int] = {}
    for key, content in rows:
        found = seen.see(key, bytes([content]) * 16)
        assert (found.state == "new") == (found.key not in loaded)
        if found.state == "new":
            loaded[found.key] = content
        elif found.state == "same":
            assert loaded[found.key] == content
        else:
            assert not key.startswith("~")


def test_the_columns_of_one_source_are_those_that_choosing_gives() -> None:
    record = simple(
        telephone="0298000000", horaires_osm="Mo 10:00-12:00", wifi="oui", acces_fauteuil="non", tarif="gratuit",
        description="Au calme", date_maj="2026-01-02", code_insee="29232", commune="Quimper", code_postal="29000",
    )  # fmt: skip
    facts = facts_of_record(record, Placed("29232", "Europe/Paris", "Quimper"))
    values = [SourceValue(1, field, "csv", value, "LO", record.dated) for field, value in fields_of(facts).items()]
    assert columns_of_record(record, facts) == columns_of(choose_fields(values))

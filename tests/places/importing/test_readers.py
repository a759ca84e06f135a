"""Bytes of any kind become rows, one at a time, and none is lost."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from tierslieux.places.importing.readers import FileUnreadable, open_source
from tierslieux.places.importing.readers.csv_rows import MAX_RECORD
from tierslieux.places.importing.record import RawRow, Refusal


def rows_of(path: Path, encoding: str = "utf-8") -> list[RawRow | Refusal]:
    return list(open_source(path, encoding, None).rows())


def values(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return [row.values for row in rows_of(path, encoding) if isinstance(row, RawRow)]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told_by_the_header(tmp_path: Path, separator: str) -> None:
    path = write(tmp_path / "a.csv", f"nom{separator}commune\nLà{separator}Brest\n".encode())
    assert values(path) == [{"nom": "Là", "commune": "Brest"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_is_told_by_its_mark(tmp_path: Path, encoding: str) -> None:
    assert values(write(tmp_path / "a.csv", "nom,x\nÉté,1\n".encode(encoding))) == [{"nom": "Été", "x": "1"}]


def test_windows_1252_is_read_where_the_mapping_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nom;N°\nCafé – l'été;1\n".encode("cp1252"))
    assert values(path, "cp1252") == [{"nom": "Café – l'été", "N°": "1"}]


def test_a_mapping_for_windows_1252_still_reads_a_file_saved_as_utf_8(tmp_path: Path) -> None:
    assert values(write(tmp_path / "a.csv", "nom;x\nCafé;1\n".encode()), "cp1252") == [{"nom": "Café", "x": "1"}]


def test_a_gzipped_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert values(write(tmp_path / "a.csv", gzip.compress(b"nom,x\nLieu,1\n"))) == [{"nom": "Lieu", "x": "1"}]


def test_broken_utf_8_is_mended_and_said_on_its_row_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nom,x\nÉté,1\n".encode() + b"Caf\xe9,2\n" + "Noël,3\n".encode())
    first, second, third = rows_of(path)
    assert isinstance(first, RawRow)
    assert isinstance(second, RawRow)
    assert isinstance(third, RawRow)
    assert second.values["nom"] == "Café"
    assert [len(row.remarks) for row in (first, second, third)] == [0, 1, 0]
    assert second.remarks[0].value == "\\xe9"


def test_nul_bytes_are_taken_out_and_said(tmp_path: Path) -> None:
    (row,) = rows_of(write(tmp_path / "a.csv", b"nom,x\nLi\x00eu,1\n"))
    assert isinstance(row, RawRow)
    assert row.values["nom"] == "Lieu"
    assert row.remarks


def test_quoted_line_breaks_stay_in_their_field_and_lines_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b'nom,adresse\nA,"1 rue\nde la\r\nMer"\nB,x\n')
    first, second = rows_of(path)
    assert isinstance(first, RawRow)
    assert first.values["adresse"] == "1 rue\nde la\r\nMer"
    assert (first.line, second.line) == (2, 5)


def test_a_quote_that_is_never_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    rest = "".join(f"Lieu {number},x\n" for number in range(3000))
    found = rows_of(write(tmp_path / "a.csv", f'nom,x\n"Bar,x\n{rest}'.encode()))
    assert isinstance(found[0], Refusal)
    assert "guillemet" in found[0].reason
    assert sum(isinstance(row, RawRow) for row in found) == 3000


def test_a_stray_quote_inside_a_field_is_text(tmp_path: Path) -> None:
    assert values(write(tmp_path / "a.csv", b'nom,x\nEcran 5" mural,1\nB,2\nC,3\n'))[0]["nom"] == 'Ecran 5" mural'


def test_a_row_with_too_many_or_too_few_columns_is_refused(tmp_path: Path) -> None:
    wide, narrow, right = rows_of(write(tmp_path / "a.csv", b"nom,x\na,b,c\na\na,b,,\n"))
    assert isinstance(wide, Refusal)
    assert isinstance(narrow, Refusal)
    assert "2 colonnes attendues, 3 lues" in wide.reason
    assert isinstance(right, RawRow)


def test_a_line_of_megabytes_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"nom,x\nA," + b"y" * (5 * MAX_RECORD) + b"\nB,1\n")
    giant, after = rows_of(path)
    assert isinstance(giant, Refusal)
    assert giant.line == 2
    assert isinstance(after, RawRow)
    assert after.values == {"nom": "B", "x": "1"}


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"nom,x\n")
        file.writelines(b"Lieu %d,%s\n" % (number, b"y" * 900) for number in range(20_000))
    tracemalloc.start()
    try:
        count = sum(1 for _ in open_source(path, "utf-8", None).rows())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 8_000_000


def test_a_download_cut_short_is_said_after_what_could_be_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"nom,x\n" + b"".join(b"Lieu %d,1\n" % number for number in range(50_000)))
    found = rows_of(write(tmp_path / "a.csv.gz", packed[:-2000]))
    assert isinstance(found[-1], Refusal)
    assert "tronqué" in found[-1].reason
    assert len(found) > 1000


def test_geojson_gives_its_properties_and_the_point_of_any_geometry(tmp_path: Path) -> None:
    square = [[[2.0, 48.0], [2.2, 48.0], [2.2, 48.2], [2.0, 48.2], [2.0, 48.0]]]
    features = [
        {"type": "Feature", "id": "node/1", "geometry": {"type": "Point", "coordinates": [-4.1, 48.0]},
         "properties": {"name": "A"}},
        {"type": "Feature", "id": 2, "geometry": {"type": "Polygon", "coordinates": square},
         "properties": {"name": "B"}},
        {"type": "Feature", "geometry": None, "properties": None},
        "nothing",
    ]  # fmt: skip
    path = write(tmp_path / "a.geojson", json.dumps({"type": "FeatureCollection", "features": features}).encode())
    point, polygon, empty, wrong = rows_of(path)
    assert isinstance(point, RawRow)
    assert (point.values["@id"], point.values["@lon"], point.values["@lat"]) == ("node/1", "-4.1", "48.0")
    assert isinstance(polygon, RawRow)
    assert float(polygon.values["@lat"]) == pytest.approx(48.1)
    assert isinstance(empty, RawRow)
    assert isinstance(wrong, Refusal)


def test_broken_bytes_in_geojson_are_mended_on_their_row(tmp_path: Path) -> None:
    content = b'{"features": [{"properties": {"name": "Caf\xe9"}, "geometry": null}, {"properties": {"name": "B"}}]}'
    first, second = rows_of(write(tmp_path / "a.geojson", content))
    assert isinstance(first, RawRow)
    assert first.values["name"] == "Café"
    assert first.remarks
    assert isinstance(second, RawRow)
    assert not second.remarks


def test_geojson_cut_short_is_said_after_what_could_be_read(tmp_path: Path) -> None:
    found = rows_of(write(tmp_path / "a.geojson", b'{"features": [{"properties": {"name": "A"}}, {"prop'))
    assert isinstance(found[0], RawRow)
    assert isinstance(found[-1], Refusal)
    assert "tronqué" in found[-1].reason


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{not json", b"\x1f\x8bnot gzip"])
def test_a_file_that_is_nothing_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "a.csv", content)
    with pytest.raises(FileUnreadable) as why:
        rows_of(path)
    assert "a.csv" in str(why.value)


def test_an_absent_file_and_a_folder_are_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(FileUnreadable, match="Rien n'a été importé"):
            open_source(path, "utf-8", None)

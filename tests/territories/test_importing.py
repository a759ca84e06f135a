"""Loading of territories from files."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from tests.conftest import CHECKOUT
from tests.territories.geography import (
    COMMUNES,
    COTES,
    FINISTERE,
    MORLAIX,
    commune,
    feature,
    square,
    write_country,
    write_csv,
    write_shapes,
)
from tierslieux.territories.errors import UnreadableFiles
from tierslieux.territories.importing import import_territories, load_territories
from tierslieux.territories.importing.files import find_files

Connection = psycopg.Connection[TupleRow]


def one(connection: Connection, statement: str) -> object:
    row = connection.execute(statement).fetchone()
    return row[0] if row and len(row) == 1 else row


def column(connection: Connection, statement: str) -> list[object]:
    return [row[0] for row in connection.execute(statement)]


def snapshot_of(connection: Connection) -> list[tuple[object, ...]]:
    """Each row with the transaction that wrote it."""
    tables = ("territory", "commune", "commune_postal_code", "commune_change")
    return [row for name in tables for row in connection.execute(f"SELECT xmin::text, * FROM {name} ORDER BY 2, 3")]


def test_all_four_levels_come_from_the_communes(connection: Connection, tmp_path: Path) -> None:
    outcome = import_territories(connection, write_country(tmp_path))
    assert outcome is not None
    counts: dict[str, int] = dict(connection.execute("SELECT level, count(*) FROM territory GROUP BY level").fetchall())
    assert counts == {"commune": 9, "epci": 2, "departement": 6, "region": 5}
    assert (outcome.communes, outcome.created, outcome.changed, outcome.unchanged) == (9, 22, 0, 0)
    assert one(connection, "SELECT name FROM territory WHERE level = 'departement' AND code = '2A'") == "Corse-du-Sud"
    assert one(connection, "SELECT time_zone FROM commune WHERE code = '97411'") == "Indian/Reunion"
    assert column(connection, "SELECT DISTINCT geo_cog FROM territory") == [2026]


def test_an_island_without_epci_belongs_to_none(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path))
    assert one(connection, "SELECT epci_code FROM commune WHERE code = '29155'") is None


def test_the_same_files_are_loaded_once(connection: Connection, tmp_path: Path) -> None:
    write_country(tmp_path)
    import_territories(connection, tmp_path)
    version = one(connection, "SELECT version FROM data_version WHERE subject = 'catalogue'")
    assert import_territories(connection, tmp_path) is None
    assert one(connection, "SELECT version FROM data_version WHERE subject = 'catalogue'") == version


def test_loading_again_writes_no_row(connection: Connection, tmp_path: Path) -> None:
    write_shapes(write_country(tmp_path) / "communes.geojson", [feature("29232", square(-4.1, 48.0))])
    import_territories(connection, tmp_path)
    before = snapshot_of(connection)
    with connection.transaction():
        outcome = load_territories(connection, find_files(tmp_path))
    assert outcome.is_nothing
    assert outcome.unchanged == 22
    assert snapshot_of(connection) == before


def test_only_what_differs_is_written(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path))
    renamed = [row | {"nom": "Kemper"} if row["code_insee"] == "29232" else row for row in COMMUNES]
    outcome = import_territories(connection, write_country(tmp_path, renamed))
    assert outcome is not None
    assert (outcome.created, outcome.changed, outcome.unchanged) == (0, 1, 21)
    assert one(connection, "SELECT search_name FROM commune WHERE code = '29232'") == "kemper"


def test_a_commune_without_outline_gets_an_approximate_cell_around_its_point(
    connection: Connection, tmp_path: Path
) -> None:
    outcome = import_territories(connection, write_country(tmp_path))
    assert outcome is not None
    assert outcome.approximate == 22
    inside = """SELECT count(*) FROM commune c JOIN territory t ON t.level = 'commune' AND t.code = c.code
      WHERE t.approximate AND ST_Intersects(t.geom, c.position::geometry)"""
    assert one(connection, inside) == 9
    overlaps = """SELECT max(ST_Area(ST_Intersection(a.geom, b.geom)) / ST_Area(a.geom)) FROM territory a
      JOIN territory b ON a.code < b.code AND ST_Intersects(a.geom, b.geom)
      WHERE a.level = 'commune' AND b.level = 'commune' AND left(a.code, 2) = left(b.code, 2)"""
    assert float(str(one(connection, overlaps))) < 1e-4


def test_a_cell_stays_within_its_departement(connection: Connection, tmp_path: Path) -> None:
    box = [[[-5.2, 47.7], [-3.7, 47.7], [-3.7, 48.8], [-5.2, 48.8], [-5.2, 47.7]]]
    write_shapes(write_country(tmp_path) / "departements.geojson", [feature("29", box)])
    import_territories(connection, tmp_path)
    outside = """SELECT max(ST_Area(ST_Difference(c.geom, d.geom)::geography)) FROM territory c, territory d
      WHERE c.level = 'commune' AND c.code LIKE '29%' AND d.level = 'departement' AND d.code = '29'"""
    assert float(str(one(connection, outside))) < 1
    covered = """SELECT sum(ST_Area(c.geom)) / min(ST_Area(d.geom)) FROM territory c, territory d
      WHERE c.level = 'commune' AND c.code LIKE '29%' AND d.level = 'departement' AND d.code = '29'"""
    assert float(str(one(connection, covered))) == pytest.approx(1, abs=1e-6)


def test_two_communes_at_one_point_both_get_the_cell(connection: Connection, tmp_path: Path) -> None:
    twins = [commune(code, "Celles", 2.95, 45.13, code_region="84") for code in ("15031", "15035")]
    import_territories(connection, write_country(tmp_path, [*twins, *COMMUNES]))
    assert one(connection, "SELECT count(*) FROM territory WHERE code LIKE '1503_' AND ST_Area(geom) > 0") == 2


def test_the_finer_outline_wins(connection: Connection, tmp_path: Path) -> None:
    folder = write_country(tmp_path)
    write_shapes(folder / "communes_france_simplifie.geojson.gz", [feature("29232", square(-4.1, 48.0, 0.1))])
    write_shapes(folder / "communes_29.geojson", [feature("29232", square(-4.1, 48.0, 0.05))])
    import_territories(connection, folder)
    width = "SELECT round((ST_XMax(geom) - ST_XMin(geom))::numeric, 2)::float8 FROM territory WHERE code = '29232'"
    assert one(connection, width) == 0.1


def test_a_drawn_outline_is_not_lost_to_a_folder_without_one(connection: Connection, tmp_path: Path) -> None:
    drawn = write_country(tmp_path / "drawn")
    write_shapes(drawn / "communes.geojson", [feature("29232", square(-4.1, 48.0))])
    import_territories(connection, drawn)
    import_territories(connection, write_country(tmp_path / "bare"))
    assert one(connection, "SELECT approximate, ST_NPoints(geom) FROM territory WHERE code = '29232'") == (False, 5)


def test_crossing_lines_are_mended(connection: Connection, tmp_path: Path) -> None:
    bow_tie = [[[-4.2, 47.9], [-4.0, 48.1], [-4.0, 47.9], [-4.2, 48.1], [-4.2, 47.9]]]
    write_shapes(write_country(tmp_path) / "communes.geojson", [feature("29232", bow_tie)])
    import_territories(connection, tmp_path)
    mended = "SELECT ST_IsValid(geom) AND ST_Area(geom) > 0 FROM territory WHERE code = '29232'"
    assert one(connection, mended) is True


def test_an_epci_that_straddles_holds_the_communes_of_both_departements(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path))
    holds = "SELECT array_agg(code ORDER BY code) FROM commune WHERE epci_code = '242900835'"
    assert one(connection, holds) == ["22194", "29151"]
    covers = """SELECT bool_and(ST_Intersects(t.geom, c.position::geometry)) FROM territory t
      JOIN commune c ON c.epci_code = t.code WHERE t.level = 'epci'"""
    assert one(connection, covers) is True


def test_a_part_of_a_region_has_no_population_of_its_own(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path))
    populations: dict[str, int | None] = dict(
        connection.execute("SELECT code, population FROM territory WHERE level = 'region'").fetchall()
    )
    assert populations == {"53": None, "94": None, "04": 155634, "24": None, "52": None}


def test_an_epci_counts_as_whole_when_its_file_says_as_many_communes(connection: Connection, tmp_path: Path) -> None:
    folder = write_country(tmp_path)
    header = ("code_epci", "nom", "nb_communes", "population_municipale")
    rows = [("242900835", "CA Morlaix Communauté", "2", "65713"), ("200068120", "CA Quimper", "14", "100000")]
    write_csv(folder / "epci.csv", [dict(zip(header, row, strict=True)) for row in rows])
    drawn = (("29151", -3.83, 48.57), ("22194", -3.63, 48.65), ("29232", -4.1, 48.0))
    write_shapes(folder / "communes.geojson", [feature(code, square(lon, lat)) for code, lon, lat in drawn])
    import_territories(connection, folder)
    rows_by_code = {row[0]: row[1:] for row in connection.execute(
        "SELECT code, population, approximate FROM territory WHERE level = 'epci'"
    )}  # fmt: skip
    assert rows_by_code == {"242900835": (65713, False), "200068120": (100000, True)}


def test_old_codes_lead_to_the_commune_in_force(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path))
    changes = connection.execute("SELECT old_code, on_date::text, old_name, code FROM commune_change").fetchall()
    assert changes == [("29041", "2026-01-01", "Kerfeunteun", "29232")]


def test_the_next_year_does_not_write_known_changes_again(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path))
    import_territories(connection, tmp_path, geo_cog=2027)
    assert column(connection, "SELECT on_date::text FROM commune_change") == ["2026-01-01"]
    assert column(connection, "SELECT DISTINCT geo_cog FROM territory") == [2027]


def test_a_merged_commune_is_retired_and_its_old_codes_follow(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path))
    merged = [row for row in COMMUNES if row["code_insee"] != "29232"]
    folder = write_country(tmp_path, merged)
    header = ("code_ancien", "nom_ancien", "code_actuel")
    write_csv(folder / "communes_anciens_codes.csv", [dict(zip(header, ("29232", "Quimper", "29151"), strict=True))])
    outcome = import_territories(connection, folder, geo_cog=2027)
    assert outcome is not None
    assert outcome.retired == 1
    assert column(connection, "SELECT code FROM territory WHERE code = '29232'") == []
    followed: dict[str, str] = dict(connection.execute("SELECT old_code, code FROM commune_change").fetchall())
    assert followed == {"29041": "29151", "29232": "29151"}
    assert column(connection, "SELECT code FROM territory WHERE level = 'epci'") == ["242900835"]


def test_a_part_of_the_country_leaves_the_rest_alone(connection: Connection, tmp_path: Path) -> None:
    import_territories(connection, write_country(tmp_path / "all"))
    part = tmp_path / "part"
    part.mkdir()
    columns = ("code_insee", "nom", "code_region", "lon", "lat")
    row = commune("29233", "Quimperlé", -3.55, 47.87, **FINISTERE)
    write_csv(part / "communes_29.csv", [{name: row[name] for name in columns}])
    outcome = import_territories(connection, part)
    assert outcome is not None
    assert (outcome.communes, outcome.created) == (1, 1)
    assert one(connection, "SELECT count(*) FROM commune") == 10
    assert one(connection, "SELECT departement_code, population FROM commune WHERE code = '29233'") == ("29", 0)


@pytest.mark.parametrize(("change", "named"), [
    ({"lon": "4,1"}, "line 2, column lon"), ({"lat": "nan"}, "line 2, column lat"), ({"lat": "91"}, "column lat"),
    ({"code_insee": "2923"}, "column code_insee"), ({"nom": ""}, "column nom"),
    ({"population_municipale": "-3"}, "column population_municipale"),
])  # fmt: skip
def test_a_wrong_cell_is_named_and_nothing_is_stored(
    connection: Connection, tmp_path: Path, change: dict[str, str], named: str
) -> None:
    folder = write_country(tmp_path, [commune("29232", "Quimper", -4.1, 48.0, **COTES, **MORLAIX) | change])
    with pytest.raises(UnreadableFiles, match=named):
        import_territories(connection, folder)
    assert one(connection, "SELECT count(*) FROM commune") == 0


@pytest.mark.parametrize(
    "broken", [b"{", b'{"features": [{"properties": {"code": "29232"}}]}', b"\x1f\x8b\x08truncated"]
)
def test_a_damaged_outline_file_is_named_and_nothing_is_stored(
    connection: Connection, tmp_path: Path, broken: bytes
) -> None:
    name = "communes.geojson.gz" if broken.startswith(b"\x1f") else "communes.geojson"
    (write_country(tmp_path) / name).write_bytes(broken)
    with pytest.raises(UnreadableFiles, match=name):
        import_territories(connection, tmp_path)
    assert one(connection, "SELECT count(*) FROM territory") == 0


def test_lines_are_no_outline(connection: Connection, tmp_path: Path) -> None:
    line = feature("29232", [["a", 1]], "Polygon")
    write_shapes(write_country(tmp_path) / "communes.geojson", [line])
    with pytest.raises(UnreadableFiles, match="outline"):
        import_territories(connection, tmp_path)


def test_a_folder_without_communes_is_refused(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFiles, match=r"communes\.csv"):
        import_territories(connection, tmp_path)


def test_the_sample_of_the_repository_loads_as_one_departement(connection: Connection) -> None:
    outcome = import_territories(connection, CHECKOUT / "data")
    assert outcome is not None
    assert (outcome.communes, outcome.approximate) == (277, outcome.created)
    assert one(connection, "SELECT name FROM territory WHERE level = 'departement'") == "Finistère"
    outside = """SELECT count(*) FROM commune c JOIN territory t ON t.level = 'commune' AND t.code = c.code
      WHERE NOT ST_Intersects(t.geom, c.position::geometry)"""
    assert one(connection, outside) == 0

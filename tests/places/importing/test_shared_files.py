"""Every real file loads through its mapping: what was created, merged and refused adds up, each refusal explained."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.places.importing.conftest import TODAY, Base, report_rows
from tierslieux.places.importing.identity import SeenRows, fingerprint
from tierslieux.places.importing.mapping import load_mapping
from tierslieux.places.importing.normalise import Normaliser
from tierslieux.places.importing.readers import open_source
from tierslieux.places.importing.record import Refusal

PLACE_FILES = {
    "tiers_lieux_cget_2019.csv": (1512, {}),
    "bibliotheques_publiques.csv.gz": (15059, {}),
    "bibliotheques_idf_horaires_texte.csv": (1168, {"position absente, et commune inconnue": 1}),
    "mednum_conseillers_numeriques_2022.csv.gz": (4930, {}),
    "mednum_auvergne_rhone_alpes_2022.csv": (687, {}),
    "mednum_paca_2023.csv": (646, {}),
    "mednum_gironde_2021.csv": (347, {}),
    "mednum_maine_et_loire_2021.csv": (240, {}),
    "mednum_creuse_2024.csv": (91, {}),
    "hub_lo_centre_val_de_loire_2020.csv": (426, {}),
    "france_services_2020.csv": (908, {}),
    "osm_coworking_5_villes_2025.csv": (220, {"nom absent": 8}),
    "osm_bibliotheques_5_villes_2026.csv": (267, {}),
    "osm_cafes_wifi_5_villes_2026.csv": (276, {"nom absent": 1}),
    "paris_wifi_2025.csv": (277, {}),
}
OTHER_FILES = {
    "commerces_ruraux_extrait.csv": (17, {}),
    "bruts/hinaura_formulaire.csv": (1171, {}),
    "bruts/gironde_xy_inverses.csv": (347, {}),
    "bruts/maine_et_loire_lambert93_virgule.csv": (243, {"nom absent": 3}),
    "bruts/hub_lo_etiquettes.csv": (426, {}),
    "bruts/france_services_2020_jours.csv": (908, {}),
}
FILES = {**PLACE_FILES, **OTHER_FILES}


def test_the_place_files_hold_all_rows_of_the_directory() -> None:
    assert sum(rows for rows, _ in PLACE_FILES.values()) == 27_054


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_a_real_file_is_a_record_or_an_explained_refusal(shared: Path, name: str) -> None:
    rows, refused = FILES[name]
    path = shared / name
    mapping = load_mapping(path.name.split(".")[0])
    normaliser, seen = Normaliser(mapping, TODAY), SeenRows()
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for row in open_source(path, mapping.encoding, mapping.separator).rows():
        record = row if isinstance(row, Refusal) else normaliser.read(row)
        if isinstance(record, Refusal):
            reasons[record.reason] += 1
            assert record.remedy
        else:
            states[seen.see(record.external_id, fingerprint(record)).state] += 1
    assert reasons == refused
    assert states["clash"] == 0
    assert states.total() + reasons.total() == rows


@pytest.mark.parametrize(
    "name", ["mednum_creuse_2024.csv", "osm_coworking_5_villes_2025.csv", "bruts/hinaura_formulaire.csv"]
)
def test_a_real_file_loads_and_a_second_run_changes_nothing(
    base: Base, shared: Path, tmp_path: Path, name: str
) -> None:
    path = shared / name
    mapping = path.name.split(".")[0]
    base.connection.execute("DELETE FROM commune_change")
    base.connection.execute("DELETE FROM commune_postal_code")
    base.connection.execute("DELETE FROM commune")
    first = base.load(path, mapping, report=tmp_path / "report.csv")
    assert first.created + first.merged + first.refused == first.rows == FILES[name][0]
    assert len(report_rows(tmp_path / "report.csv")) == first.rows
    second = base.load(path, mapping)
    assert (second.created, second.changed) == (0, 0)
    assert second.unchanged == first.created


@pytest.mark.long
def test_all_rows_of_the_directory_load_and_add_up(base: Base, shared: Path) -> None:
    base.connection.execute("DELETE FROM commune_postal_code")
    base.connection.execute("DELETE FROM commune")
    counts = [base.load(shared / name, name.split(".")[0]) for name in PLACE_FILES]
    assert sum(count.rows for count in counts) == 27_054
    assert sum(count.created + count.merged + count.refused for count in counts) == 27_054
    assert sum(count.refused for count in counts) == 10

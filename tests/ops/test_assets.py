"""The site's own files: named by their content."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tierslieux.map.render import BaseMap, RasterLayer, render_base_map
from tierslieux.ops import assets
from tierslieux.ops.assets import AssetsError, build_assets

BASE = BaseMap("<div></div>", "var map_0001;\n")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "BUNDLES", {"css/site.css": ("node_modules/lib/lib.css", "static/css/own.css")})
    for name, text in {
        "node_modules/lib/lib.css": "a{}\n/*# sourceMappingURL=lib.css.map */",
        "static/css/own.css": "b{}",
        "static/js/page.js": 'import { x } from "./part.js";\nconst later = import("./part.js");',
        "static/js/part.js": "export const x = 1;",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_files_are_joined_in_order_without_their_source_maps(checkout: Path) -> None:
    names = build_assets(checkout, checkout / "out", BASE)
    assert (checkout / "out" / names["css/site.css"]).read_text() == "a{}\n\nb{}"


def test_a_module_imports_the_others_by_their_hashed_names(checkout: Path) -> None:
    names = build_assets(checkout, checkout / "out", BASE)
    part = Path(names["js/part.js"]).name
    text = (checkout / "out" / names["js/page.js"]).read_text()
    assert text == f'import {{ x }} from "./{part}";\nconst later = import("./{part}");'


def test_a_change_in_a_part_renames_all_that_import_it_and_nothing_else(checkout: Path) -> None:
    before = build_assets(checkout, checkout / "out", BASE)
    (checkout / "static/js/part.js").write_text("export const x = 2;")
    after = build_assets(checkout, checkout / "out", BASE)
    assert {name for name in before if before[name] != after[name]} == {"js/page.js", "js/part.js"}


def test_each_file_lies_there_compressed_too(checkout: Path) -> None:
    names = build_assets(checkout, checkout / "out", BASE)
    packed = checkout / "out" / (names["maps/base.js"] + ".gz")
    assert gzip.decompress(packed.read_bytes()).decode() == BASE.script


def test_missing_libraries_are_named_with_the_remedy(checkout: Path) -> None:
    (checkout / "node_modules/lib/lib.css").unlink()
    with pytest.raises(AssetsError, match="npm ci"):
        build_assets(checkout, checkout / "out", BASE)


def test_the_base_map_is_the_same_text_each_time_and_names_no_other_host() -> None:
    one, other = render_base_map(), render_base_map()
    assert one == other
    assert "http" not in one.html + one.script
    assert "<script" not in one.script


def test_an_operator_s_raster_tiles_are_drawn_above_the_own_ground() -> None:
    script = render_base_map(RasterLayer("https://tiles.example/{z}/{x}/{y}.png", "© Tuiles", 19)).script
    assert "https://tiles.example/{z}/{x}/{y}.png" in script
    assert script.index("/tiles/base/") < script.index("tiles.example")

"""The site's files for tests: real ones for a browser, names without content for everything else."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tierslieux.ops.assets import BUNDLES

CHECKOUT = Path(__file__).resolve().parents[1]


def name_site_files(state_dir: Path) -> None:
    """A manifest of every file that pages link to; the files themselves are not there."""
    modules = [f"js/{path.name}" for path in (CHECKOUT / "static" / "js").glob("*.js")]
    names = {name: name for name in (*BUNDLES, *modules, "maps/base.js", "licences.txt")}
    (state_dir / "assets").mkdir(parents=True, exist_ok=True)
    (state_dir / "assets" / "manifest.json").write_bytes(msgspec.json.encode(names))

"""The site's own files: built when their sources changed since the last time, in a process of its own.

(Drawing the base map loads folium: 120 MB that the server need not keep.)
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tierslieux.ops.checkout import Checkout, this_checkout
from tierslieux.ops.console import say, step
from tierslieux.ops.trouble import Trouble

_RASTER = ("TIERSLIEUX_TILES_URL", "TIERSLIEUX_TILES_ATTRIBUTION", "TIERSLIEUX_TILES_MAX_ZOOM")


def assets_dir(state_dir: Path) -> Path:
    """Where the built files lie."""
    return state_dir / "assets"


def build(checkout: Checkout, env: Mapping[str, str]) -> None:
    """Build the files that the pages ask for, unless today's are there; ``Trouble`` where that fails."""
    sources, stamp = _fingerprint(checkout, env), assets_dir(checkout.state_dir) / "sources"
    if stamp.exists() and stamp.read_text("ascii") == sources:
        return
    with step("Built the site's files"):
        words = [sys.executable, "-P", "-m", "tierslieux.ops.front_end"]
        if subprocess.run(words, env=env, check=False).returncode:
            raise Trouble("The site's files could not be built: the lines above say why.")
        stamp.write_text(sources, "ascii")


def _fingerprint(checkout: Checkout, env: Mapping[str, str]) -> str:
    """A hash of all that the built files are made of; npm's lock stands for the libraries."""
    code = [checkout.root / "tierslieux" / name for name in ("ops/assets.py", "map/render.py")]
    static = sorted(path for path in (checkout.root / "static").rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in (checkout.root / "package-lock.json", *code, *static):
        digest.update(f"{path.relative_to(checkout.root)}\0".encode() + path.read_bytes())
    digest.update("\0".join(env.get(name, "") for name in _RASTER).encode())
    return digest.hexdigest()


def main() -> None:
    """Build into the state directory of this checkout."""
    from tierslieux.map.render import RasterLayer, render_base_map  # noqa: PLC0415 - only the building process loads it
    from tierslieux.ops.assets import AssetsError, build_assets  # noqa: PLC0415
    from tierslieux.settings import read_settings  # noqa: PLC0415

    checkout = this_checkout()
    raster = read_settings(os.environ, state_dir=checkout.state_dir).raster_tiles
    layer = RasterLayer(raster.url, raster.attribution, raster.max_zoom) if raster else None
    try:
        build_assets(checkout.root, assets_dir(checkout.state_dir), render_base_map(layer))
    except AssetsError as exc:
        say(str(exc))
        sys.exit(1)


if __name__ == "__main__":
    main()

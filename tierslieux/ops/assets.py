"""Build the site's own files from ``static/`` and the libraries that npm installed: copied, joined, named by content.

ES modules stay ES modules; their relative imports are rewritten to the hashed names. Nothing is transpiled, so Python
alone builds it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
from pathlib import Path

import msgspec

from tierslieux.map.render import BaseMap

# served name -> the files it is made of, in order, from the checkout's root
BUNDLES: dict[str, tuple[str, ...]] = {
    "css/site.css": (
        "node_modules/@picocss/pico/css/pico.min.css",
        "static/css/tokens.css",
        "static/css/base.css",
        "static/css/components.css",
        "static/css/pages.css",
        "static/css/booking.css",
        "static/css/mine.css",
        "static/css/print.css",
    ),
    "css/map.css": ("node_modules/leaflet/dist/leaflet.css", "static/css/map.css"),
    "js/htmx.js": ("node_modules/htmx.org/dist/htmx.min.js",),
    "js/leaflet.js": (
        "node_modules/leaflet/dist/leaflet.js",
        "node_modules/leaflet.vectorgrid/dist/Leaflet.VectorGrid.bundled.min.js",
        "static/js/classic/vectorgrid-fix.js",
    ),
    "img/favicon.svg": ("static/img/favicon.svg",),
    "docs/swagger-ui.css": ("node_modules/swagger-ui-dist/swagger-ui.css",),
    "docs/swagger-ui.js": ("node_modules/swagger-ui-dist/swagger-ui-bundle.js",),
}
_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])\./([\w-]+\.js)\2""")
_SOURCE_MAP = re.compile(rb"(?m)^(?://# sourceMappingURL=.*|/\*# sourceMappingURL=.*\*/)$")
_LICENCES = ("@picocss/pico/LICENSE.md", "htmx.org/LICENSE", "leaflet/LICENSE", "swagger-ui-dist/LICENSE")


class AssetsError(Exception):
    """The libraries are not installed, or a file is missing. The message says which, and the remedy."""


def build_assets(checkout_dir: Path, out_dir: Path, base_map: BaseMap) -> dict[str, str]:
    """Write every file the pages ask for, and ``manifest.json``, to ``out_dir``; return that manifest.

    Replaces what was there in one step: a reader sees the old files or the new. ``AssetsError`` where npm has not run.
    """
    fresh = out_dir.with_name(out_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    names = {name: _write(fresh, name, _joined(checkout_dir, sources)) for name, sources in BUNDLES.items()}
    names |= _modules(checkout_dir / "static" / "js", fresh)
    names["maps/base.js"] = _write(fresh, "maps/base.js", base_map.script.encode())
    names["licences.txt"] = _write(fresh, "licences.txt", _licences(checkout_dir))
    (fresh / "manifest.json").write_bytes(msgspec.json.encode(names, order="sorted"))
    _replace(fresh, out_dir)
    return names


def _joined(checkout_dir: Path, sources: tuple[str, ...]) -> bytes:
    return b"\n".join(_read(checkout_dir / source) for source in sources)


def _read(path: Path) -> bytes:
    try:
        return _SOURCE_MAP.sub(b"", path.read_bytes())
    except FileNotFoundError as exc:
        raise AssetsError(f"{path.name} is missing: run `npm ci` in the checkout, then start again.") from exc


def _modules(folder: Path, out_dir: Path) -> dict[str, str]:
    """The ES modules, those that import others after them, so that a name holds the hash of all it needs."""
    names: dict[str, str] = {}

    def add(file: str) -> str:
        if f"js/{file}" not in names:
            text = (folder / file).read_text("utf-8")
            text = _IMPORT.sub(lambda found: f"{found[1]}{found[2]}./{Path(add(found[3])).name}{found[2]}", text)
            names[f"js/{file}"] = _write(out_dir, f"js/{file}", text.encode())
        return names[f"js/{file}"]

    for path in sorted(folder.glob("*.js")):
        add(path.name)
    return names


def _write(out_dir: Path, name: str, content: bytes) -> str:
    """Store ``content``, and its compressed twin, under ``name`` with its hash; return that name."""
    path = Path(name)
    served = str(path.with_name(f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"))
    target = out_dir / served
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.with_name(target.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))
    return served


def _licences(checkout_dir: Path) -> bytes:
    texts = [(name, checkout_dir / "node_modules" / name) for name in _LICENCES]
    return b"\n\n".join(name.encode() + b"\n\n" + path.read_bytes() for name, path in texts if path.exists())


def _replace(fresh: Path, out_dir: Path) -> None:
    old = out_dir.with_name(out_dir.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out_dir.exists():
        out_dir.rename(old)
    fresh.rename(out_dir)
    shutil.rmtree(old, ignore_errors=True)

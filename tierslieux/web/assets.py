"""The site's own files: built once by ``ops/assets.py``, named by their content, served for ever."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

URL_PREFIX = "/static"
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".txt": "text/plain; charset=utf-8",
    }
)


@dataclass(frozen=True)
class Assets:
    """Where the built files lie, and under which name each is served now."""

    folder: Path
    names: MappingProxyType[str, str]

    @classmethod
    def read(cls, folder: Path) -> Assets:
        """The files of ``folder`` (as ``build_assets`` left them); ``FileNotFoundError`` where nothing was built."""
        names = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=dict[str, str])
        return cls(folder, MappingProxyType(names))

    def url(self, name: str) -> str:
        """The address of ``name`` (``css/site.css``); ``KeyError`` where no such file was built."""
        return f"{URL_PREFIX}/{self.names[name]}"


def static_files(assets: Assets) -> HTTPRouteHandler:
    """The route that serves the built files, compressed where the client can read that, for ever."""
    served = {f"/{name}" for name in assets.names.values()}

    @get(f"{URL_PREFIX}/{{file:path}}", include_in_schema=False, sync_to_thread=False)
    def static_file(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[bytes]:
        if file not in served:
            raise NotFoundException
        return _answer(assets.folder / file[1:], gzipped="gzip" in request.headers.get("accept-encoding", ""))

    return static_file


def _answer(path: Path, *, gzipped: bool) -> Response[bytes]:
    headers = {"cache-control": _FOR_EVER, "vary": "accept-encoding"}
    packed = path.with_name(path.name + ".gz")
    if gzipped and packed.exists():
        path, headers["content-encoding"] = packed, "gzip"
    kind = _TYPES.get(Path(path.name.removesuffix(".gz")).suffix, "application/octet-stream")
    return Response(path.read_bytes(), media_type=kind, headers=headers)

"""Fetch files of open data, each once and whole."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from tierslieux.ops.console import step
from tierslieux.ops.trouble import Trouble

_TIMEOUT = 60
"""Seconds without an answer."""


def fetch_files(addresses: Iterable[str], folder: Path) -> Path:
    """Store what ``addresses`` (http, https) hold in ``folder`` under their names; files that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for address in addresses:
        target = folder / _file_name(address)
        if not target.exists():
            with step(f"Fetched {target.name}"):
                _fetch(address, target)
    return folder


def _file_name(address: str) -> str:
    parts = urlsplit(address)
    name = PurePosixPath(unquote(parts.path)).name
    if parts.scheme not in {"http", "https"} or not name:
        raise Trouble(f"TIERSLIEUX_OPEN_DATA_URLS holds {address}, which is no http address of a file: correct it.")
    return name


def _fetch(address: str, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT) as answer, part.open("wb") as out:  # noqa: S310 - http only
            shutil.copyfileobj(answer, out)
            announced = answer.headers.get("Content-Length")
    except (urllib.error.URLError, TimeoutError, ConnectionError) as exc:
        raise Trouble(_unreachable(address, str(exc))) from exc
    if announced and part.stat().st_size != int(announced):
        raise Trouble(_unreachable(address, "it was cut short"))
    part.replace(target)


def _unreachable(address: str, reason: str) -> str:
    return (
        f"{address} could not be fetched ({reason}): check the network and the address, or leave"
        " TIERSLIEUX_OPEN_DATA_URLS out to begin with the repository's sample."
    )

"""PostgreSQL's programs with PostGIS on this machine. Standard library only: runs before anything is installed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tierslieux.ops.trouble import NoBase

MIN_POSTGRESQL = 15
MIN_POSTGIS = (3, 3)
_USUAL_PLACES = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # PostgreSQL's own RPMs
    ("/usr", "bin"),  # Fedora
    ("/opt/homebrew/opt", "postgresql@*/bin"),  # macOS, ARM
    ("/usr/local/opt", "postgresql@*/bin"),  # macOS, Intel
)


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL that has PostGIS: its ``bin`` folder, its version as it says it, PostGIS's version."""

    bin_dir: Path
    version: str
    postgis: tuple[int, int]

    @property
    def major(self) -> int:
        """PostgreSQL's major version."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """The path of ``initdb``, ``pg_ctl``, ``pg_dump`` ..."""
        return str(self.bin_dir / name)


def usual_places() -> Iterator[Path]:
    """The folders to look in; ``TIERSLIEUX_PG_BIN`` names the only one where it is set."""
    given = os.environ.get("TIERSLIEUX_PG_BIN")
    if given:
        yield Path(given)
        return
    for base, pattern in _USUAL_PLACES:
        yield from Path(base).glob(pattern)


def installed(places: Iterable[Path]) -> list[Binaries]:
    """Every PostgreSQL with PostGIS among ``places``, the newest first, whether new enough or not."""
    found = (_inspect(place) for place in places if (place / "postgres").exists() and (place / "initdb").exists())
    return sorted(filter(None, found), key=lambda one: one.major, reverse=True)


def find_binaries(places: Iterable[Path], major: int | None = None) -> Binaries:
    """The newest that is new enough, or the one of ``major`` (that of existing data); ``NoBase`` says what misses."""
    found = installed(places)
    fitting = [one for one in found if one.major >= MIN_POSTGRESQL and one.postgis >= MIN_POSTGIS]
    if major is not None:
        fitting = [one for one in fitting if one.major == major]
    if fitting:
        return fitting[0]
    raise NoBase(_what_misses(found, major))


def _what_misses(found: list[Binaries], major: int | None) -> str:
    if major is not None and found:
        return (
            f"The data of this checkout was made by PostgreSQL {major}, which is no longer installed with PostGIS:"
            f" install postgresql-{major}-postgis-3, or move the state directory away to begin anew."
        )
    if not found:
        return "PostgreSQL with PostGIS is not installed: script/server installs it."
    best = found[0]
    if best.major < MIN_POSTGRESQL:
        return (
            f"PostgreSQL {MIN_POSTGRESQL} or newer is needed and this machine has {best.version}: use Debian 12,"
            " Ubuntu 24.04 or newer, `docker compose up`, or TIERSLIEUX_DATABASE_URL with a newer server."
        )
    return (
        f"PostGIS {MIN_POSTGIS[0]}.{MIN_POSTGIS[1]} or newer is needed and PostgreSQL {best.version} has"
        f" {best.postgis[0]}.{best.postgis[1]}: upgrade its package, or use `docker compose up`."
    )


def _inspect(bin_dir: Path) -> Binaries | None:
    said = subprocess.run([bin_dir / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+(\.\d+)*\S*", said)
    if not number:
        return None
    for extensions in _extension_folders(bin_dir, number[0]):
        control = extensions / "postgis.control"
        if control.exists():
            return Binaries(bin_dir, number[0], _default_version(control.read_text("utf-8")))
    return None


def _extension_folders(bin_dir: Path, version: str) -> Iterator[Path]:
    major = version.split(".", maxsplit=1)[0]
    if (bin_dir / "pg_config").exists():
        said = subprocess.run([bin_dir / "pg_config", "--sharedir"], capture_output=True, text=True, check=False).stdout
        yield Path(said.strip()) / "extension"
    yield Path("/usr/share/postgresql") / major / "extension"
    yield bin_dir.parent / "share" / "extension"


def _default_version(control: str) -> tuple[int, int]:
    found = re.search(r"default_version\s*=\s*'(\d+)\.(\d+)", control)
    return (int(found[1]), int(found[2])) if found else (0, 0)

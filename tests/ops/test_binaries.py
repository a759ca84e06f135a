"""Which PostgreSQL is taken, and what is said where none will do. The programs here are stand-ins for the machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierslieux.ops.binaries import find_binaries
from tierslieux.ops.trouble import NoBase


def fake(folder: Path, version: str, postgis: str | None) -> Path:
    bin_dir = folder / version / "bin"
    bin_dir.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (bin_dir / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version} (Debian)'\n")
        (bin_dir / name).chmod(0o755)
    if postgis:
        extensions = bin_dir.parent / "share" / "extension"
        extensions.mkdir(parents=True)
        (extensions / "postgis.control").write_text(f"default_version = '{postgis}'\n")
    return bin_dir


def test_the_newest_that_fits_is_taken(tmp_path: Path) -> None:
    places = [fake(tmp_path, "97.2", "3.3.2"), fake(tmp_path, "99.1", "3.5.0"), fake(tmp_path, "14.9", "3.4.0")]
    found = find_binaries(places)
    assert (found.version, found.major, found.postgis) == ("99.1", 99, (3, 5))


def test_existing_data_decides_the_version(tmp_path: Path) -> None:
    places = [fake(tmp_path, "97.2", "3.3.2"), fake(tmp_path, "99.1", "3.5.0")]
    assert find_binaries(places, major=97).version == "97.2"


@pytest.mark.parametrize(
    ("version", "postgis", "said"),
    [
        ("14.9", "3.4.0", r"PostgreSQL 15 or newer is needed and this machine has 14\.9: use Debian 12"),
        ("99.1", "3.2.5", r"PostGIS 3\.3 or newer is needed and PostgreSQL 99\.1 has 3\.2: upgrade"),
        ("99.1", None, "PostgreSQL with PostGIS is not installed: script/server installs it"),
    ],
)
def test_what_will_not_do_is_named_with_its_remedy(
    tmp_path: Path, version: str, postgis: str | None, said: str
) -> None:
    with pytest.raises(NoBase, match=said):
        find_binaries([fake(tmp_path, version, postgis)])


def test_a_machine_without_any_is_told_so() -> None:
    with pytest.raises(NoBase, match="not installed"):
        find_binaries([])

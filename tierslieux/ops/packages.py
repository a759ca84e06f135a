"""System packages: what misses is installed where apt can, else its exact command is printed. Standard library only."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tierslieux.ops.binaries import MIN_POSTGRESQL, find_binaries, installed, usual_places
from tierslieux.ops.commands import run_logged
from tierslieux.ops.console import step
from tierslieux.ops.trouble import Trouble

# the shell without windows first: the same engine, at a fraction of the work
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Debian's package makes a cluster `main` on port 5432 unless it is told not to: that is not ours to start.
_NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/tierslieux.conf")


@dataclass(frozen=True)
class Need:
    """One thing of the machine: how it is called here, how to see whether it is there, its package by manager."""

    title: str
    is_there: Callable[[], bool]
    apt: Callable[[], str]
    dnf: str
    brew: str


def browser() -> str | None:
    """The path of a Chromium for the tests, ``None`` where there is none."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def missing(needs: tuple[Need, ...]) -> list[Need]:
    """Those of ``needs`` that this machine lacks. ``NoBase`` where it has one that is too old."""
    return [need for need in needs if not need.is_there()]


def install(needs: list[Need], log: Path) -> None:
    """Install ``needs`` by apt; ``Trouble`` with the exact command where that cannot be done here."""
    if not shutil.which("apt-get"):
        raise Trouble(command_elsewhere(needs))
    become_root = _become_root(needs)
    with step(f"Installed {', '.join(need.title for need in needs)}"):
        if not os.environ.get("TIERSLIEUX_APT_UPDATED"):
            run_logged([*become_root, "apt-get", "-q", "update"], log)
        packages = [postgis_package() if need is POSTGIS else need.apt() for need in needs]
        _apt_install(become_root, packages, log)


def command_elsewhere(needs: list[Need]) -> str:
    """The sentence for a machine without apt: what misses and the exact command that installs it."""
    names = ", ".join(need.title for need in needs)
    if platform.system() == "Darwin":
        return f"Missing: {names}. Run `brew install {' '.join(need.brew for need in needs)}`, then start again."
    if shutil.which("dnf"):
        return f"Missing: {names}. Run `sudo dnf install {' '.join(need.dnf for need in needs)}`, then start again."
    return (
        f"Missing: {names}, and this system has no apt. Install them (PostgreSQL {MIN_POSTGRESQL}+, PostGIS 3.3+), or"
        " run `docker compose up` instead."
    )


def postgis_package() -> str:
    """The PostGIS of the PostgreSQL that is here, if new enough, else the system's; ``Trouble`` if that is too old."""
    majors = [
        int(place.parent.name) for place in Path("/usr/lib/postgresql").glob("*/bin") if (place / "postgres").exists()
    ]
    here = max(majors, default=0)
    if here >= MIN_POSTGRESQL:
        return f"postgresql-{here}-postgis-3"
    said = subprocess.run(
        ["apt-cache", "depends", "postgresql-postgis"], capture_output=True, text=True, check=False
    ).stdout
    offered = re.search(r"postgresql-(\d+)-postgis", said)
    if offered and int(offered[1]) < MIN_POSTGRESQL:
        raise Trouble(
            f"PostgreSQL {MIN_POSTGRESQL} or newer is needed and this system offers {offered[1]}: use Debian 12,"
            " Ubuntu 24.04 or newer, `docker compose up`, or TIERSLIEUX_DATABASE_URL with a newer server."
        )
    return "postgresql-postgis"


def _become_root(needs: list[Need]) -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"] if os.isatty(0) else ["sudo", "-n"]
    packages = " ".join(need.apt() for need in needs)
    raise Trouble(
        f"Without sudo this cannot be installed: as root, run `apt-get install {packages}`, then start again."
    )


def _apt_install(become_root: list[str], packages: list[str], log: Path) -> None:
    words = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "--no-install-recommends"]
    options = ["-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]
    if not any("postgis" in package for package in packages):
        run_logged([*words, *options, "install", *packages], log)
        return
    write = f"mkdir -p {_NO_MAIN_CLUSTER.parent} && echo 'create_main_cluster = false' > {_NO_MAIN_CLUSTER}"
    run_logged([*become_root, "sh", "-c", write], log)
    try:
        run_logged([*words, *options, "install", *packages], log)
    finally:
        run_logged([*become_root, "rm", "-f", str(_NO_MAIN_CLUSTER)], log)


def _browser_package() -> str:
    """The engine alone where the system's lists have it, else the whole browser."""
    alone = "chromium-headless-shell"
    words = ["apt-cache", "show", "--no-all-versions", alone]
    return alone if subprocess.run(words, capture_output=True, check=False).returncode == 0 else "chromium"


def _loads(library: str) -> bool:
    """Whether a program finds this library; elsewhere than on Linux it is not asked for."""
    if platform.system() != "Linux":
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _postgis_is_there() -> bool:
    if not installed(usual_places()):
        return False
    find_binaries(usual_places())
    return True


POSTGIS = Need("PostgreSQL and PostGIS", _postgis_is_there, lambda: "postgresql-postgis",
    "postgresql-server postgresql-contrib postgis", "postgresql@17 postgis")  # fmt: skip
BROWSER = Need("Chromium", lambda: browser() is not None, _browser_package, "chromium", "--cask chromium")
# what drives the browser is a node of its own, built against it; a small system lacks it
ATOMIC = Need("libatomic", lambda: _loads("libatomic.so.1"), lambda: "libatomic1", "libatomic", "gcc")
JAVA = Need(
    "Java",
    lambda: shutil.which("java") is not None,
    lambda: "default-jre-headless",
    "java-latest-openjdk-headless",
    "openjdk",
)

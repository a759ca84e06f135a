"""The virtual environment: what a lock names, checked by hash, installed once. Standard library only.

The stamp is a copy of the lock, written last: an installation that was cut short is done again, and the second start
compares two files.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tierslieux.ops.checkout import Checkout
from tierslieux.ops.commands import run_logged
from tierslieux.ops.console import step

SERVER_LOCK = "requirements.txt"
TEST_LOCK = "requirements-test.txt"
"""Holds every pin of ``SERVER_LOCK`` and the tools of the tests."""


def is_installed(checkout: Checkout, lock: str) -> bool:
    """Whether the environment holds what ``lock`` says today, for an interpreter that is still there."""
    return _has_its_interpreter(checkout) and same_text(checkout.root / lock, _stamp(checkout, lock))


def install(checkout: Checkout, lock: str) -> None:
    """Make the environment where it misses, and install ``lock`` into it."""
    log = checkout.log_path("python")
    venv = checkout.root / ".venv"
    anew = [] if _has_its_interpreter(checkout) else ["--clear"]
    pip = [str(checkout.venv_python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(checkout.root / lock)]
    with step("Installed the Python libraries"):
        run_logged([sys.executable, "-m", "venv", str(venv), *anew], log, env=_plain_environment())
        run_logged([*pip, *options], log, env=_plain_environment())
        _stamp(checkout, lock).write_bytes((checkout.root / lock).read_bytes())


def same_text(one: Path, other: Path) -> bool:
    """Whether both files exist and hold the same bytes."""
    return one.exists() and other.exists() and one.read_bytes() == other.read_bytes()


def _stamp(checkout: Checkout, lock: str) -> Path:
    return checkout.root / ".venv" / f"installed-{lock}"


def _has_its_interpreter(checkout: Checkout) -> bool:
    """Whether the environment's Python still is the one it was made for (an upgrade of the system changes it)."""
    python = checkout.venv_python
    name = python.resolve().name
    return python.exists() and (not name.startswith("python3.") or (python.parents[1] / "lib" / name).is_dir())


def _plain_environment() -> dict[str, str]:
    """Ours without what points Python at other code: the checkout's path, an activated environment."""
    return {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }

"""Where things of one checkout lie, none shared with another. Standard library only: runs before any installation."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout that this code belongs to."""


@dataclass(frozen=True)
class Checkout:
    """A clone of the repository and the directory of what it made on this machine."""

    root: Path
    state_dir: Path

    @property
    def venv_python(self) -> Path:
        """The interpreter of the project's environment."""
        return self.root / ".venv" / "bin" / "python"

    def log_path(self, name: str) -> Path:
        """The file for the full output of the step ``name``."""
        folder = self.state_dir / "log"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def this_checkout(root: Path = ROOT) -> Checkout:
    """The checkout at ``root``; its state directory exists afterwards.

    The state lies in ``.tierslieux/``. Root's cluster runs as another user: where that user could not reach it
    (root's home), or where the checkout cannot be written, it lies in a directory named after the checkout instead.
    """
    state_dir = _given_state_dir() or _own_state_dir(root)
    state_dir.mkdir(parents=True, exist_ok=True)
    return Checkout(root, state_dir)


def short_name(root: Path) -> str:
    """A name for the checkout that no other on this machine has: its folder's and a hash of its path."""
    return f"{root.name}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"


def is_open_to_all(path: Path) -> bool:
    """Whether any user may walk to ``path``: every folder above it, and itself, lets others pass."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _given_state_dir() -> Path | None:
    given = os.environ.get("TIERSLIEUX_STATE_DIR")
    return Path(given).absolute() if given else None


def _own_state_dir(root: Path) -> Path:
    if os.geteuid() == 0:
        return root / ".tierslieux" if is_open_to_all(root) else Path("/var/lib/tierslieux") / short_name(root)
    if (root / ".tierslieux").is_dir() or os.access(root, os.W_OK):
        return root / ".tierslieux"
    data_home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data_home) / "tierslieux" / short_name(root)

"""Where a cluster's socket lies: beside its data, or in a short folder where that path is too long for a socket."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from tierslieux.ops.trouble import NoBase

MAX_SOCKET_PATH = 103
"""Bytes of a socket's path: Linux takes 107, macOS 103."""


def socket_dir(home: Path) -> Path:
    """The folder for the socket of the cluster in ``home``, always the same for the same ``home``."""
    near = home / "run"
    if len(os.fsencode(near / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH:
        return near
    name = f"tierslieux-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    return _safe(_runtime_dir() / name)


def _runtime_dir() -> Path:
    if os.geteuid() == 0:
        return Path("/run") if Path("/run").is_dir() else Path("/tmp")  # noqa: S108 - see _safe
    return Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - see _safe


def _safe(path: Path) -> Path:
    """``path``, unless somebody else put it there first: whoever owns the folder could pose as the server."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        path.mkdir(mode=0o700)
        return path
    if path.is_symlink() or (os.geteuid() != 0 and found.st_uid != os.geteuid()):
        raise NoBase(f"{path} belongs to somebody else: remove it, or clone the project under a shorter path.")
    return path

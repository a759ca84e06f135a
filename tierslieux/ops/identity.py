"""As whom the cluster runs: PostgreSQL refuses to be root, so root's cluster, and nothing else, is another user's."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tierslieux.ops.trouble import NoBase

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """The user of a cluster's processes and files; ``dropped`` where that is not who we are."""

    uid: int
    gid: int
    dropped: bool

    def run(
        self, words: Sequence[str | Path], env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``words`` as this user, from ``/``, in a small environment; output is captured, no error is raised."""
        small = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **(env or {})}
        become: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}
        return subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=small, cwd="/", check=False, **become
        )

    def own_dir(self, path: Path) -> None:
        """Make ``path``, closed to everyone but this user (and root)."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        if self.dropped:
            os.chown(path, self.uid, self.gid)

    def own_file(self, path: Path) -> None:
        """Give the file to this user."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def cluster_identity(data_dir: Path) -> Identity:
    """Who runs the cluster of ``data_dir``: we; where we are root, the owner of existing data, else ``postgres``."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid(), dropped=False)
    if data_dir.exists() and (owner := data_dir.stat()).st_uid != 0:
        return Identity(owner.st_uid, owner.st_gid, dropped=True)
    for name in _CANDIDATES:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(user.pw_uid, user.pw_gid, dropped=True)
    raise NoBase(
        "PostgreSQL cannot run as root and this machine has neither a user postgres nor nobody: make one of them."
    )

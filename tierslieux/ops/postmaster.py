"""The server process behind ``postmaster.pid``: PostgreSQL trusts any living process of that number, we look who it is.

After a power cut the number in the file may belong to anybody; PostgreSQL would refuse to start until it is gone.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PID_FILE = "postmaster.pid"


def running_pid(data_dir: Path) -> int | None:
    """The process id of the server of ``data_dir``, ``None`` where it does not run."""
    pid = _noted_pid(data_dir / _PID_FILE)
    return pid if pid and _serves(_command_line(pid), data_dir) else None


def forget_dead(data_dir: Path, socket_dir: Path) -> None:
    """Take away what a dead server left in the way of the next. Only for the holder of the cluster's lock.

    The file itself stays, with a dead number in it: its other lines let PostgreSQL see whether back ends of the dead
    server still hold its memory.
    """
    for stale in socket_dir.glob(".s.PGSQL.*"):
        stale.unlink()
    path = data_dir / _PID_FILE
    pid = _noted_pid(path)
    if pid and _is_alive(pid):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([f"{_dead_pid()}\n", *lines[1:]]))


def _noted_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _serves(words: list[str], data_dir: Path) -> bool:
    return bool(words) and words[0].endswith("postgres") and str(data_dir) in words


def _command_line(pid: int) -> list[str]:
    """How the process was called; nothing where it does not exist or waits to be buried."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return []
    said = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return said.split()


def _dead_pid() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid

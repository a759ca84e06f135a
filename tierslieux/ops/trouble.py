"""What can go wrong around the program, as one sentence that names the remedy."""

from __future__ import annotations

import errno
import re

EXIT_NO_BASE = 5
EXIT_MACHINE = 6


class Trouble(Exception):
    """One sentence: what happened and what to do. Shown as it is, without a stack trace."""

    exit_code = EXIT_MACHINE


class NoBase(Trouble):
    """The base cannot be had."""

    exit_code = EXIT_NO_BASE


DISK_FULL = "The disk is full: free some space (`df -h` shows where), then start again; what was stored is safe."
# A tool's own words -> our sentence. The first that is found counts.
_SYMPTOMS = (
    (re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE), DISK_FULL),
    (
        re.compile(r"sudo: a (password|terminal) is required", re.IGNORECASE),
        "sudo asks for a password: start from a terminal.",
    ),
    (
        re.compile(r"is not in the sudoers file", re.IGNORECASE),
        "You have no right to use sudo here: ask the administrator.",
    ),
    (
        re.compile(
            r"temporary failure (in name resolution|resolving)|could not resolve|network is unreachable", re.IGNORECASE
        ),
        "The package servers cannot be reached: check the network, then start again.",
    ),
    (
        re.compile(r"do not match the hashes|EINTEGRITY", re.IGNORECASE),
        "A downloaded package is not the one that the lock names and was not installed: try again, else tell us.",
    ),
    (
        re.compile(r"could not get lock|dpkg frontend lock", re.IGNORECASE),
        "Another installation is running: wait for its end.",
    ),
    (
        re.compile(r"could not create shared memory|out of memory|cannot allocate memory", re.IGNORECASE),
        "This machine has no memory left: close something, then start again.",
    ),
    (
        re.compile(r"permission denied", re.IGNORECASE),
        "A file of this checkout belongs to somebody else: give it back (`sudo chown -R $(id -u) .`), start again.",
    ),
)


def diagnose(text: str) -> str | None:
    """Our sentence for a tool's output, or ``None`` where no known symptom stands in it."""
    return next((sentence for symptom, sentence in _SYMPTOMS if symptom.search(text)), None)


def trouble_of(exc: BaseException) -> Trouble | None:
    """The sentence for an error of the system or of the base that a person can mend, else ``None``."""
    number = exc.errno if isinstance(exc, OSError) else None
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return Trouble(DISK_FULL)
    if number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Trouble(
            f"No right to write {getattr(exc, 'filename', None) or 'a file'}: start as the user who owns the checkout,"
            " or give it back (`sudo chown -R $(id -u) .`)."
        )
    return _trouble_of_base(getattr(getattr(exc, "orig", exc), "sqlstate", None))


def _trouble_of_base(sqlstate: str | None) -> Trouble | None:
    """By PostgreSQL's code: 53100 no room, 53 other resources, 08 and 57P no server."""
    if sqlstate == "53100":
        return Trouble(DISK_FULL)
    if sqlstate and sqlstate.startswith("53"):
        return NoBase("The base has no connections or memory left: stop what uses it too, then start again.")
    if sqlstate and sqlstate.startswith(("08", "57P")):
        return NoBase("The base stopped answering; what was stored is safe. Start again.")
    return None

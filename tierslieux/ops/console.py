"""What a start says: one line a step with the seconds it took; everything else goes to a log file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

OURS = "tierslieux: "
"""How a line of ours begins, among those of other programs."""


def say(sentence: str) -> None:
    """Print one line of talk (stderr: stdout belongs to data)."""
    print(f"{OURS}{sentence}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say ``title`` and the seconds its block took, once it is done; where it fails, its error speaks."""
    started = time.monotonic()
    yield
    say(f"{title} ({time.monotonic() - started:.1f} s)")

"""The site's own files: built when their sources changed since the last time."""

from __future__ import annotations

from tierslieux.ops.checkout import Checkout


def build(checkout: Checkout) -> None:
    """Build the files that the pages ask for into the state directory, unless they are of today's sources."""

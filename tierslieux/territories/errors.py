"""What can be wrong with a territory's code, and with the files that territories are read from."""

from __future__ import annotations

from tierslieux.shared.errors import NotFound


class UnknownTerritory(NotFound):
    """No loaded territory has this id."""


class AmbiguousCode(NotFound):
    """A bare code that is both a département's and a région's. ``readings`` are the two ids it may mean."""

    code = "ambiguous_code"


class UnreadableFiles(Exception):
    """The folder cannot be loaded. The message names file, line and remedy in one sentence; nothing was stored."""

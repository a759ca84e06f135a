"""Query strings that say nothing else than what is known (api.md: an unknown key in a request is refused)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from litestar import Request

from tierslieux.shared.errors import FieldError, InvalidRequest


def refuse_unknown_query(request: Request[Any, Any, Any], allowed: Collection[str]) -> None:
    """Raise ``InvalidRequest`` with ``unknown_field`` for each name of the query that is not in ``allowed``.

    A name given twice is refused as ``repeated``: only one of its values would count, and nobody would say which.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = [
        _fault(name, "unknown_field", "paramètre inconnu") for name in dict.fromkeys(names) if name not in allowed
    ]
    repeated = [
        _fault(name, "repeated", "donné plusieurs fois")
        for name in dict.fromkeys(names)
        if name in allowed and names.count(name) > 1
    ]
    if unknown or repeated:
        raise InvalidRequest(unknown + repeated)


def _fault(name: str, code: str, message: str) -> FieldError:
    shown = name[:100]
    return FieldError("query", shown, code, None, f"{shown}\N{NO-BREAK SPACE}: {message}")

"""What Litestar and msgspec say of a request that cannot be read, as faults with a field, a code and French words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from tierslieux.shared.errors import FieldError
from tierslieux.web.i18n import gettext, mark

WHERE = {"query": "query", "path": "path", "header": "header", "cookie": "header", "body": "body"}
UNREADABLE = mark("le corps ne peut pas être lu")

# pattern of the library's sentence -> code, words for people; ``{0}`` is what the pattern caught
_SAYINGS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"unknown field `([^`]*)`"), "unknown_field", mark("champ inconnu")),
    (re.compile(r"missing required field `([^`]*)`"), "missing", mark("ce champ manque")),
    (re.compile(r"[Mm]issing required (?:\w+ )?parameter"), "missing", mark("ce champ manque")),
    (re.compile(r"[Ii]nvalid enum value|Expected one of|Invalid value"), "unknown_value", mark("valeur inconnue")),
    (re.compile(r"of length (>=|<=) (\d+)"), "wrong_length", mark("longueur {0} {1} attendue")),
    (re.compile(r"Expected `\w+` (>=|<=|>|<) ([\d.e+-]+)"), "out_of_range", mark("valeur {0} {1} attendue")),
    (re.compile(r"with a timezone component"), "naive_time", mark("l'heure est donnée sans fuseau horaire")),
    (re.compile(r"Invalid (?:RFC3339|UUID|base64)|matching regex"), "wrong_format", mark("forme inattendue")),
    (re.compile(r"Expected `([^`]*)`, got `([^`]*)`"), "wrong_type", mark("{0} attendu, {1} reçu")),
    (re.compile(r"malformed|truncated|decode"), "unreadable", UNREADABLE),
)
_OTHERWISE = ("wrong_value", mark("valeur impossible"))
_NAMED_INSIDE = frozenset({"unknown_field", "missing"})
_AT_PATH = re.compile(r" - at `\$\.?([^`]*)`")
_TYPES = {
    "int": mark("nombre entier"), "float": mark("nombre"), "str": mark("texte"), "bool": mark("oui ou non"),
    "object": mark("objet"), "array": mark("liste"), "null": mark("rien"), "datetime": mark("date et heure"),
    "date": mark("date"),
}  # fmt: skip


def faults_of(rows: object, given: Mapping[str, str]) -> list[FieldError]:
    """The faults in Litestar's ``extra``; ``given`` holds the raw query and path values, to show what was received."""
    found = [_fault(row, given) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return found or [unreadable_body()]


def unreadable_body() -> FieldError:
    """The body is not what its type says: broken JSON, form or text, or nested beyond reason."""
    return FieldError("body", "", "unreadable", None, gettext(UNREADABLE))


def _fault(row: Mapping[str, Any], given: Mapping[str, str]) -> FieldError:
    said, where = str(row.get("message", "")), _where(row.get("source"))
    code, words, caught = _understood(said)
    field = _field(row, said, code, caught, where)
    value = given.get(field) if where in {"query", "path"} else None
    return FieldError(
        where, field, code, value and value[:200], f"{field}\N{NO-BREAK SPACE}: {words}" if field else words
    )


def _understood(said: str) -> tuple[str, str, tuple[str, ...]]:
    for pattern, code, words in _SAYINGS:
        if found := pattern.search(said):
            names = [gettext(_TYPES.get(group, group)) for group in found.groups()]
            return code, gettext(words).format(*names), found.groups()
    return _OTHERWISE[0], gettext(_OTHERWISE[1]), ()


def _field(row: Mapping[str, Any], said: str, code: str, caught: tuple[str, ...], where: str) -> str:
    """The name as the sender wrote it, with dots and brackets below the first level; empty for the body as a whole."""
    at_path = _AT_PATH.search(said)
    parent = at_path[1] if at_path else ""
    if code in _NAMED_INSIDE and caught:
        return f"{parent}.{caught[0]}".lstrip(".")
    key = str(row.get("key") or "")
    return parent if parent or (where == "body" and key in {"", "data"}) else key


def _where(source: object) -> str:
    name = str(source.value if isinstance(source, Enum) else source or "body").lower()
    return WHERE.get(name.rpartition(".")[2], "body")

"""Rules of a mapping that read words: the kind, amenities, access, price, and whether a place is closed for good."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from tierslieux.places.domain import AMENITIES, Accessibility, Fact, PlaceKind, Price
from tierslieux.places.importing.mapping import FactRule, KindPart, Rule
from tierslieux.shared.text import fold

Values = dict[str, str]
_ANSWERS = ("yes", "no", "limited", "free", "conditions", "paid")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """``fold``, remembered: the words that rules look at come again and again."""
    return fold(text)


class Test:
    """A ``Rule`` made ready."""

    __slots__ = ("_column", "_contains", "_equals")

    def __init__(self, rule: Rule) -> None:
        self._column = rule.column
        self._equals = frozenset(map(fold, rule.equals))
        self._contains = tuple(map(fold, rule.contains))

    def holds(self, values: Values) -> bool:
        """Whether the row is as the rule says."""
        value = values.get(self._column)
        if not value:
            return False
        if not self._equals and not self._contains:
            return bool(value.strip())
        text = folded(value)
        return text in self._equals or any(part in text for part in self._contains)


class KindFinder:
    """Finds a row's kind: special rules first, then the column's table, then the default."""

    def __init__(self, part: KindPart) -> None:
        self._rules: list[tuple[Test, PlaceKind]] = [(Test(rule), rule.kind) for rule in part.rules]
        self._column = part.column
        self._values = {fold(text): kind for text, kind in part.values.items()}
        self._default = part.default

    def find(self, values: Values) -> PlaceKind:
        """The kind of the row."""
        for test, kind in self._rules:
            if test.holds(values):
                return kind
        value = values.get(self._column, "") if self._column else ""
        return self._values.get(folded(value), self._default) if value else self._default


class Facts(msgspec.Struct, frozen=True):
    """What a row says of amenities, access and price."""

    amenities: dict[str, Fact]
    accessibility: dict[str, Any]
    price: Price


NO_FACTS = Facts({}, {}, "unknown")


class FactFinder:
    """Reads every fact rule; of contradicting words the cautious reading stands ("limited", "conditions")."""

    def __init__(self, rules: Iterable[FactRule], list_separator: str) -> None:
        self._rules = [(rule, _words(rule)) for rule in rules]
        self._separator = list_separator

    def find(self, values: Values) -> Facts:
        """The facts of the row; what is not said is not in them."""
        found: dict[str, str] = {}
        for rule, words in self._rules:
            value = values.get(rule.column)
            answer = _answer(self._said(value, rule, words)) if value else None
            if answer:
                found[rule.fact] = answer
        return _sorted(found) if found else NO_FACTS

    def _said(self, value: str, rule: FactRule, words: dict[str, str]) -> set[str]:
        if rule.contains:
            return _contained(folded(value), words)
        return {words[part] for part in map(folded, value.split(self._separator)) if part in words}


def _contained(text: str, words: dict[str, str]) -> set[str]:
    """Answers whose words stand in the text; a longer word hides the shorter one in it ("gratuit sous condition")."""
    said = set()
    for word in sorted(words, key=len, reverse=True):
        if word in text:
            said.add(words[word])
            text = text.replace(word, " ")
    return said


def _answer(said: set[str]) -> str | None:
    if len(said) < 2:
        return next(iter(said), None)
    return "conditions" if said & {"free", "paid", "conditions"} else "limited"


def _words(rule: FactRule) -> dict[str, str]:
    return {fold(word): answer for answer in _ANSWERS for word in getattr(rule, answer)}


def _sorted(found: dict[str, str]) -> Facts:
    amenities = {name: found[name] for name in AMENITIES if name in found}
    access = {name: found[name] for name in Accessibility.__struct_fields__ if name in found}
    return msgspec.convert(
        {"amenities": amenities, "accessibility": access, "price": found.get("price", "unknown")}, Facts
    )

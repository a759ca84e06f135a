"""Communes whose name was typed with errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierslieux.map.alike import likeness, ranked

COMMUNES = [
    ("29232", "quimper", 63_000), ("29233", "quimperle", 12_000), ("29162", "pleyben", 3_700),
    ("72249", "la quinte", 800), ("68295", "sainte croix en plaine", 3_000),
    ("44158", "saint etienne de montluc", 7_500), ("29266", "saint thegonnec", 3_000),
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("qimper", "29232"),
        ("quinper", "29232"),
        ("quimprr", "29232"),
        ("quimprle", "29233"),
        ("plaiben", "29162"),
        ("pleybn", "29162"),
        ("montlucq", "44158"),
        ("st thegonec", "29266"),
    ],
)
def test_one_or_two_wrong_letters_lead_to_the_commune(typed: str, code: str) -> None:
    assert ranked(typed.replace("st ", "saint "), COMMUNES)[0].code == code


def test_what_is_like_nothing_leads_nowhere() -> None:
    assert ranked("mediatheque", COMMUNES) == []


@given(st.text("abcdefgh ", min_size=1, max_size=30))
def test_a_name_is_like_itself_and_likeness_is_a_share(name: str) -> None:
    folded = " ".join(name.split())
    if folded:
        assert likeness(folded, folded) == 1
    assert 0 <= likeness("abc", folded or "x") <= 1

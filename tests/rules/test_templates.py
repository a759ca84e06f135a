"""Pages obey the strict Content-Security-Policy by how they are written."""

from __future__ import annotations

import re

import pytest

from tests.rules.source import name_of, templates, text_of

FORBIDDEN = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")(?![^>]*nonce=)", re.IGNORECASE
    ),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "outside file": re.compile(
        r"<(?:script|img|link(?![^>]*rel=\"(?:license|canonical)\"))[^>]*(?:src|href)=\"https?://", re.IGNORECASE
    ),
    "unchecked attribute name of htmx": re.compile(r"(?<!data-)\bhx-[a-z-]+="),
    "unescaped output": re.compile(r"\|\s*safe\b"),
}
EXCUSED = {
    ("templates/components/icons.html", "unescaped output"): "the drawings are constants of that file",
}
"""Exceptions by (file, rule), each with its reason."""


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_template_holds(rule: str) -> None:
    found = [
        f"{name_of(path)}: {hit[0]!r}"
        for path in templates()
        if (hit := FORBIDDEN[rule].search(re.sub(r"\{#.*?#\}", "", text_of(path) or "", flags=re.DOTALL)))
        and (name_of(path), rule) not in EXCUSED
    ]
    assert found == []

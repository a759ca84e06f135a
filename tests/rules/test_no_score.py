"""Nobody is rated: no column, no field of the API and no word on screen judges or ranks persons."""

from __future__ import annotations

import ast
import re

import pytest
from litestar import Litestar

from tests.rules.source import functions, import_models, modules, name_of, templates, text_of
from tierslieux.web.tables import Base

import_models()

RATES = re.compile(
    r"(?:^|_)(?:score|scores|scoring|rating|ratings|rated|reputation|reliability|trust|karma|stars|rank|ranking|grade|note_usager"
    r"|strikes?|penalt(?:y|ies)|blacklist|fiabilite|reputation_usager|no_show_count)(?:_|$)"
)
ABOUT_THINGS = {
    "duplicate_pair.score": "how alike two places are",
    "place.welcome_rank": "the order of the search: places that welcome people first",
}
"""Columns with such a word that speak of no person."""
THINGS = ("/map/", "/places/", "/territories/", "/ops/")
"""Code that weighs places and words; it knows no person beside who looks after what."""
WORDS = re.compile(
    r"note (?:de|sur) l'usager|réputation|fiabilité (?:de|des) (?:l'usager|usagers|personnes?)|étoiles?\b"
    r"|mauvais (?:payeur|usager)|taux d'absence de (?:la personne|l'usager)",
    re.IGNORECASE,
)


def columns() -> list[str]:
    return [f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns]


def fields(schema: object) -> set[str]:
    """Every name of a property anywhere in an OpenAPI document."""
    if isinstance(schema, list):
        return {name for each in schema for name in fields(each)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties")
    names = set(own) if isinstance(own, dict) else set()
    return names | {name for each in schema.values() for name in fields(each)}


@pytest.mark.parametrize("name", ["guest_score", "no_show_count", "rating", "note_usager", "trust_level", "host_rank"])
def test_the_rule_knows_a_rating_when_it_sees_one(name: str) -> None:
    assert RATES.search(name)


def test_no_column_rates_a_person() -> None:
    assert [name for name in columns() if RATES.search(name.partition(".")[2]) and name not in ABOUT_THINGS] == []


def test_no_field_of_the_api_rates_a_person(app: Litestar) -> None:
    found = {name for name in fields(app.openapi_schema.to_schema()) if RATES.search(name)}
    assert found <= {"score"}, found
    of_persons = {"Me", "MePatch", "BookingBody", "Guest"}
    document = app.openapi_schema.to_schema()["components"]["schemas"]
    assert [name for name, schema in document.items() if name in of_persons and "score" in fields(schema)] == []


def test_no_function_or_name_of_the_code_about_people_rates_them() -> None:
    named = [
        f"{name_of(path)}: {name}"
        for path in modules()
        if not any(part in name_of(path) for part in THINGS)
        for name in {function.name for function in functions(path)} | names_in(path.read_text("utf-8"))
        if RATES.search(name)
    ]
    assert named == []


def names_in(source: str) -> set[str]:
    """The attributes and annotated fields that a module defines."""
    return {
        node.target.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def test_no_page_or_mail_rates_a_person() -> None:
    found = [(name_of(path), hit[0]) for path in templates() if (hit := WORDS.search(text_of(path) or ""))]
    assert found == []

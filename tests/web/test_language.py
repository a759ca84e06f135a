"""French at the root, English under ``/en``, complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.conftest import CHECKOUT
from tierslieux.web.i18n import CATALOGUES, current_locale, current_path, localised, ngettext, use_locale

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
METHODS = [("tierslieux/**.py", "python"), ("templates/**.html", "jinja2")]
_HOLDERS = re.compile(r"%\(\w+\)s|%s|\{\w+\}")


@pytest.fixture(autouse=True)
def _french_again() -> Iterator[None]:
    yield
    use_locale("fr")


def said_in_the_code() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(CHECKOUT), METHODS, keywords=KEYWORDS, directory_filter=_is_ours)
    return {message for _file, _line, message, _comments, _context in found}


def _is_ours(folder: str) -> bool:
    return Path(folder).name not in {"node_modules", ".venv", ".git", ".tierslieux"}


def english() -> dict[Any, Any]:
    with (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


def test_everything_that_is_said_is_said_in_english_and_nothing_else_is() -> None:
    said, translated = said_in_the_code(), english()
    assert {message for message in said if not translated.get(message)} == set()
    assert set(translated) - said == set()


def test_a_translation_keeps_the_places_of_what_is_filled_in() -> None:
    for french, text in english().items():
        pairs = zip(french, text, strict=True) if isinstance(french, tuple) else [(french, text)]
        for one, other in pairs:
            assert sorted(_HOLDERS.findall(str(one))) == sorted(_HOLDERS.findall(str(other))), one


def test_zero_is_singular_in_french_and_plural_in_english() -> None:
    assert ngettext("%s lieu", "%s lieux", 0) == "%s lieu"
    use_locale("en")
    assert ngettext("%s lieu", "%s lieux", 0) == "%s places"


def test_an_address_keeps_the_language_of_the_page() -> None:
    assert (
        localised("/recherche", q="Brest", kind=["cafe", "shop"], near="") == "/recherche?q=Brest&kind=cafe&kind=shop"
    )
    use_locale("en", "/recherche")
    assert localised("/recherche") == "/en/recherche"
    assert localised("/") == "/en"
    assert localised("/recherche", "fr") == "/recherche"
    assert (current_locale(), current_path()) == ("en", "/recherche")


async def test_the_prefix_decides_and_nothing_else(client: AsyncTestClient[Litestar]) -> None:
    english_page = await client.get("/en/aide", headers={"accept-language": "fr"})
    french_page = await client.get("/aide", headers={"accept-language": "en"})
    assert '<html lang="en">' in english_page.text
    assert '<html lang="fr">' in french_page.text
    assert 'hreflang="en" href="http://127.0.0.1:8000/en/aide"' in french_page.text
    assert (await client.get("/enigme")).status_code == 404


async def test_an_error_is_told_in_the_language_of_the_page(client: AsyncTestClient[Litestar]) -> None:
    answer = await client.get("/en/nowhere", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "This page does not exist or is not open to you" in answer.text

"""The words of places are kept with the places, and stand in for words with typing errors."""

from __future__ import annotations

import pytest
from psycopg import AsyncConnection

from tests.factories import Base, make_place
from tierslieux.map.spelling import meant_words
from tierslieux.places.words import learn_all_words


def known(base: Base) -> list[str]:
    return [row[0] for row in base.execute("SELECT word FROM search_word ORDER BY word").fetchall()]


def test_an_import_knows_the_words_of_published_places_and_no_others(base: Base) -> None:
    kept = make_place(base, "Médiathèque Jean-Moulin", commune_name="Saint-Évarzec")
    gone = make_place(base, "Fournil à bois")
    assert "fournil" in known(base)
    base.execute("UPDATE place SET state = 'closed' WHERE place_id = %s", (gone,))
    learn_all_words(base)
    assert known(base) == ["evarzec", "jean", "mediatheque", "moulin", "saint"], kept


def test_learning_again_changes_nothing(base: Base) -> None:
    make_place(base, "Médiathèque")
    before = known(base)
    learn_all_words(base)
    learn_all_words(base)
    assert known(base) == before


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mediateque", ["mediatheque"]),
        ("cowroking", ["coworking"]),
        ("librarie", ["librairie"]),
        ("mediath", ["mediath"]),
        ("xyzzy", []),
        ("50%_off\\", []),
    ],
)
async def test_a_word_nobody_knows_stands_for_those_like_it(
    base: Base, database_url: str, typed: str, meant: list[str]
) -> None:
    for name in ("Médiathèque", "Coworking", "Librairie"):
        make_place(base, name)
    base.commit()
    async with await AsyncConnection.connect(database_url, autocommit=True) as reads:
        assert await meant_words(reads, [typed]) == [meant]

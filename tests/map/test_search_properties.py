"""What holds for every search: pages are one list, the map's counts are the list's, and nothing asked breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import cloned
from tests.map.crowd import NOW, fill, reading
from tests.map.test_criteria import BOXES, criteria
from tierslieux.map.clusters import Cluster, MapContent, find_clusters
from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.parameters import pairs_of, read_criteria
from tierslieux.map.queries import search
from tierslieux.map.results import PlaceHit
from tierslieux.map.tiles import draw_tile
from tierslieux.shared.geo import Bbox
from tierslieux.web.db import Reads

ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUERIES = (
    "",
    "near=-4.1,48&radius_m=200000",
    "near=2.35,48.85&hours=open_or_unknown&kind=library&kind=wifi_spot",
    "near=2.35,48.85&wifi=yes",
    "bbox=179,-18,-179,-15",
    "bbox=-180,-90,180,90&hours=open&at=2027-03-24T12:00:00Z",
    "wifi=yes_or_unknown&q=mediateque",
    "sort=detour&home=2.2,48.8&work=2.5,48.9",
)


@pytest.fixture(scope="module")
def crowd(template: str) -> Iterator[str]:
    with cloned(template) as url:
        fill(url)
        yield url


async def all_pages(reads: Reads, wanted: SearchCriteria, limit: int) -> list[PlaceHit]:
    hits: list[PlaceHit] = []
    after: tuple[Any, ...] | None = None
    while True:
        page = await search(reads, wanted, NOW, limit=limit, after=after)
        hits += page.hits
        if page.next_key is None:
            return hits
        after = page.next_key


async def count_by_sql(reads: Reads, box: Bbox) -> int:
    """Published places in a box, counted without any of the search's own SQL."""
    inside = "ST_X(position::geometry) >= %s AND ST_X(position::geometry) <= %s"
    total = 0
    for part in box.parts():
        cursor = await reads.execute(
            "SELECT count(*) FROM place WHERE kind NOT IN ('wifi_spot', 'other', 'social_centre', 'public_body')"
            f" AND {inside} AND ST_Y(position::geometry) BETWEEN %s AND %s",
            (part.min_lon, part.max_lon, part.min_lat, part.max_lat),
        )
        row = await cursor.fetchone()
        total += row[0] if row else 0
    return total


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_together_are_one_list_without_double_or_loss(crowd: str, query: str, limit: int) -> None:
    wanted = read_criteria(pairs_of(query.encode()))
    whole = [hit.place_id for hit in reading(crowd, lambda reads: all_pages(reads, wanted, 1000))]
    assert len(whole) == len(set(whole)) > 1
    assert [hit.place_id for hit in reading(crowd, lambda reads: all_pages(reads, wanted, limit))] == whole


@pytest.mark.parametrize("query", QUERIES)
def test_the_number_of_matches_is_the_length_of_the_list(crowd: str, query: str) -> None:
    wanted = read_criteria(pairs_of(query.encode()))
    result = reading(crowd, lambda reads: search(reads, wanted, NOW, limit=1))
    assert result.matched == len(reading(crowd, lambda reads: all_pages(reads, wanted, 100)))


@pytest.mark.parametrize("query", QUERIES)
def test_declared_welcomes_come_first_and_ties_are_settled_by_number(crowd: str, query: str) -> None:
    wanted = read_criteria(pairs_of(query.encode()))
    hits = reading(crowd, lambda reads: all_pages(reads, wanted, 1000))
    ranks = {"bookable": 0, "unknown": 1, "no": 2}
    keys = [(ranks[hit.welcome], hit.detour_m or hit.distance_m or 0, hit.place_id) for hit in hits]
    assert [key[:1] for key in keys] == sorted(key[:1] for key in keys)
    if wanted.sort != "name":
        assert keys == sorted(keys)


@ANY
@given(wanted=criteria(), limit=st.integers(1, 100))
def test_any_criteria_are_answered(crowd: str, wanted: SearchCriteria, limit: int) -> None:
    result = reading(crowd, lambda reads: search(reads, wanted, NOW, limit=limit))
    assert len(result.hits) <= limit
    assert result.matched is not None
    assert result.matched >= len(result.hits)


def counted(content: MapContent) -> int:
    return sum(item.count if isinstance(item, Cluster) else 1 for item in content.items)


@ANY
@given(wanted=criteria(), box=BOXES, zoom=st.integers(0, 22))
def test_the_counts_of_any_map_add_up_to_the_list(crowd: str, wanted: SearchCriteria, box: Bbox, zoom: int) -> None:
    wanted = msgspec.structs.replace(wanted, area=box, trip=None, sort="name")
    content = reading(crowd, lambda reads: find_clusters(reads, wanted, zoom, NOW))
    result = reading(crowd, lambda reads: search(reads, wanted, NOW, limit=1))
    assert counted(content) == content.matched == result.matched
    assert len(content.items) <= 500


@ANY
@given(box=BOXES, zoom=st.integers(0, 22))
def test_kept_counts_are_what_lies_in_the_box(crowd: str, box: Bbox, zoom: int) -> None:
    content = reading(crowd, lambda reads: find_clusters(reads, SearchCriteria(area=box), zoom, NOW))
    assert content.matched == reading(crowd, lambda reads: count_by_sql(reads, box))


@pytest.mark.parametrize(
    "box", [Bbox(-180, -90, 180, 90), Bbox(170, -90, -170, 90), Bbox(-180, 80, 180, 90), Bbox(180, -1, 180, 1)]
)
@pytest.mark.parametrize("zoom", [0, 5, 22])
def test_poles_and_the_antimeridian_are_counted_too(crowd: str, box: Bbox, zoom: int) -> None:
    content = reading(crowd, lambda reads: find_clusters(reads, SearchCriteria(area=box), zoom, NOW))
    assert content.matched == reading(crowd, lambda reads: count_by_sql(reads, box)) > 0


@ANY
@given(wanted=criteria(), zoom=st.integers(0, 20), share=st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)))
def test_any_tile_is_drawn(crowd: str, wanted: SearchCriteria, zoom: int, share: tuple[float, float]) -> None:
    filters = msgspec.structs.replace(wanted, area=None, trip=None, sort="name")
    tile = (zoom, int(share[0] * 2**zoom), int(share[1] * 2**zoom))
    assert len(reading(crowd, lambda reads: draw_tile(reads, filters, tile, NOW))) < 50_000

"""Duplicates in the database: who might be one with whom, what is known of them, pointers set and cleared, the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tierslieux.places.duplicates import addresses
from tierslieux.places.duplicates.domain import Candidate, Score
from tierslieux.places.duplicates.groups import Pair, ordered
from tierslieux.web.plans import Plan, Rows

NEAR_METRES = 150
"""How far around a new place others are looked for, whatever their names."""

_NEAR = """
WITH fresh AS MATERIALIZED (
  SELECT place_id, position FROM place WHERE place_id = ANY(%(place_ids)s::integer[]) AND state = 'published')
SELECT n.place_id, o.place_id FROM fresh n CROSS JOIN LATERAL (SELECT p.place_id FROM place p
  WHERE ST_DWithin(p.position, n.position, %(metres)s::integer) AND p.state = 'published'
    AND p.place_id <> n.place_id OFFSET 0) o
"""
_IN_COMMUNES = """
SELECT place_id, commune_code, search_name, phone, details->>'siret', street FROM place
WHERE commune_code = ANY(ARRAY(SELECT DISTINCT commune_code FROM place
  WHERE place_id = ANY(%(place_ids)s::integer[]) AND state = 'published')) AND state = 'published'
"""
_FACTS = """
SELECT a.place_id, a.name, a.kind, ST_X(a.position::geometry), ST_Y(a.position::geometry),
  array_remove(ARRAY[a.commune_name, c.name, h.old_name], NULL), a.commune_code, a.street, a.phone,
  a.details->>'siret', a.details->>'website', a.search_name
FROM place a LEFT JOIN commune c ON c.code = a.commune_code
LEFT JOIN LATERAL (SELECT h.old_name FROM commune_change h WHERE h.old_code = a.commune_code_given
  ORDER BY h.on_date LIMIT 1) h ON true
WHERE a.place_id = ANY(%(place_ids)s::integer[])
"""
_HEARD = """
WITH member AS MATERIALIZED (
  SELECT place_id AS shown, place_id FROM place WHERE place_id = ANY(%(place_ids)s::integer[])
  UNION ALL SELECT merged_into, place_id FROM place WHERE merged_into = ANY(%(place_ids)s::integer[]))
SELECT m.shown, array_agg(DISTINCT f.source), count(DISTINCT f.field)
FROM member m JOIN place_field f ON f.place_id = m.place_id GROUP BY 1
"""
_BEARERS = "SELECT search_name, count(*) FROM place WHERE search_name = ANY(%(names)s::text[]) GROUP BY 1"
_ALONE = """
SELECT f.source, p.commune_code, p.kind
FROM place p JOIN place_field f ON f.place_id = p.place_id AND f.field = 'name'
WHERE p.commune_code = ANY(%(communes)s::text[])
GROUP BY 1, 2, 3 HAVING count(DISTINCT COALESCE(p.merged_into, p.place_id)) = 1
"""
_OWNERS = """
SELECT DISTINCT r.place_id FROM resource r
WHERE r.place_id = ANY(%(ids)s::integer[]) AND (r.archived_at IS NULL OR EXISTS (
  SELECT FROM occupied_seat o WHERE o.place_id = r.place_id AND o.resource_id = r.resource_id))
"""
_JUDGED = """
SELECT place_a, place_b FROM duplicate_pair
WHERE decided_at IS NOT NULL AND place_a = ANY(%(place_ids)s::integer[]) AND place_b = ANY(%(place_ids)s::integer[])
"""
_POINT = """
UPDATE place SET state = 'merged', merged_into = m.keeper, version = version + 1, updated_at = %(now)s::timestamptz
FROM unnest(%(merged)s::integer[], %(keepers)s::integer[]) AS m (place_id, keeper)
WHERE place.place_id = m.place_id OR place.merged_into = m.place_id
"""
_NOTE = """
INSERT INTO duplicate_pair (place_a, place_b, score, reasons, state)
SELECT n.place_a, n.place_b, n.score, n.reasons, n.state
FROM jsonb_to_recordset(%(rows)s::jsonb)
  AS n (place_a integer, place_b integer, score float8, reasons jsonb, state text)
ON CONFLICT (place_a, place_b) DO UPDATE SET score = excluded.score, reasons = excluded.reasons, state = excluded.state
WHERE duplicate_pair.decided_at IS NULL
"""

_JUDGE = """
INSERT INTO duplicate_pair (place_a, place_b, score, reasons, state, decided_by, decided_at)
VALUES (%(place_a)s::integer, %(place_b)s::integer, 1, '[]', %(answer)s, %(by)s::uuid, %(now)s::timestamptz)
ON CONFLICT (place_a, place_b) DO UPDATE
SET state = excluded.state, decided_by = excluded.decided_by, decided_at = excluded.decided_at
"""
_CLEAR = """
UPDATE place SET state = 'published', merged_into = NULL, version = version + 1, updated_at = %(now)s::timestamptz
WHERE place_id = %(place_id)s::integer
"""
_TAKE = """
UPDATE duplicate_pair SET state = %(answer)s, decided_by = %(by)s::uuid, decided_at = %(now)s::timestamptz
WHERE pair_id = %(pair_id)s::integer AND state IN ('to_review', 'unsure') RETURNING place_a, place_b
"""


def find_pairs(place_ids: Sequence[int]) -> Plan[set[Pair]]:
    """The pairs worth scoring of new places and of all others: near, or of one name, phone, SIRET or address in a
    commune."""
    near = yield _NEAR, {"place_ids": list(place_ids), "metres": NEAR_METRES}
    # joined here and not in SQL: in the middle of an import the planner's figures are old, and its joins quadratic
    in_communes = yield _IN_COMMUNES, {"place_ids": list(place_ids)}
    return {ordered(*row) for row in near} | _alike(in_communes, frozenset(place_ids))


def _alike(rows: Rows, fresh: frozenset[int]) -> set[Pair]:
    """Pairs of places of a commune, one of them fresh, that bear one name, phone or SIRET, or stand at one address."""
    blocks = defaultdict(list)
    for place_id, commune, *keys, street in rows:
        for block in enumerate((*keys, addresses.numbered(street))):
            if block[1]:
                blocks[commune, *block].append(place_id)
    return {
        ordered(one, other)
        for members in blocks.values()
        for one, other in combinations(members, 2)
        if one in fresh or other in fresh
    }


def load_candidates(place_ids: Collection[int]) -> Plan[dict[int, Candidate]]:
    """What is compared of these places, by place_id."""
    asked = {"place_ids": sorted(place_ids)}
    rows = yield _FACTS, asked
    heard = yield _HEARD, asked
    bearers = yield _BEARERS, {"names": sorted({row[11] for row in rows})}
    alone = yield _ALONE, {"communes": sorted({row[6] for row in rows if row[6]})}
    said = {place_id: (frozenset(sources), known) for place_id, sources, known in heard}
    borne = {name: count for name, count in bearers}  # noqa: C416 - tuples of the driver
    single = frozenset((source, code, kind) for source, code, kind in alone)
    return {row[0]: _candidate(row, said.get(row[0], _NOTHING), borne, single) for row in rows}


_NOTHING: tuple[frozenset[str], int] = (frozenset(), 0)


def _candidate(
    row: Sequence[Any],
    said: tuple[frozenset[str], int],
    bearers: Mapping[str, int],
    alone: frozenset[tuple[str, str, str]],
) -> Candidate:
    place_id, name, kind, lon, lat, communes, code, street, phone, siret, website, search_name = row
    sources, known = said
    return Candidate(
        place_id=place_id,
        name=name,
        kind=kind,
        position=None if lon is None else (lon, lat),
        communes=frozenset(communes),
        commune_code=code,
        street=street,
        phone=phone,
        siret=siret,
        website=website,
        sources=sources,
        bearers=bearers[search_name],
        known=known,
        only_one=code is not None and all((source, code, kind) in alone for source in sources),
    )


def judged_pairs(place_ids: Collection[int]) -> Plan[set[Pair]]:
    """Pairs of these places that a person has judged, whatever the judgement: no machine judges them again."""
    rows = yield _JUDGED, {"place_ids": sorted(place_ids)}
    return {ordered(*row) for row in rows}


def point_to_keepers(keepers: Mapping[int, int], now: datetime) -> Plan[None]:
    """Set the pointer of each merged place (key) to its keeper (value), also of those that pointed to it before."""
    merged = {"merged": list(keepers), "keepers": list(keepers.values()), "now": now}
    yield _POINT, merged


def note_pairs(scores: Mapping[Pair, Score], same: Iterable[Pair], to_review: Iterable[Pair]) -> Plan[None]:
    """List the pairs just merged and those for a person, with score and reasons; what a person judged stays."""
    rows = [_noted(pair, scores[pair], "same") for pair in same]
    rows += [_noted(pair, scores[pair], "to_review") for pair in to_review]
    if rows:
        yield _NOTE, {"rows": Jsonb(rows)}


def _noted(pair: Pair, score: Score, state: str) -> dict[str, Any]:
    place_a, place_b = pair
    return {
        "place_a": place_a,
        "place_b": place_b,
        "score": score.value,
        "reasons": list(score.reasons),
        "state": state,
    }


def owners_of_resources(place_ids: Collection[int]) -> Plan[frozenset[int]]:
    """Which of these places own bookable resources: two of them are never merged.

    An archived resource counts as long as a booking of it stands.
    """
    rows = yield _OWNERS, {"ids": sorted(place_ids)}
    return frozenset(row[0] for row in rows)


def note_judgement(pair: Pair, answer: str, by: UUID | None, now: datetime) -> Plan[None]:
    """Write a person's judgement of two places, listed or not."""
    place_a, place_b = pair
    yield _JUDGE, {"place_a": place_a, "place_b": place_b, "answer": answer, "by": by, "now": now}


def lock_places(place_ids: Collection[int]) -> Plan[dict[int, int | None]]:
    """Lock these places in the order of their numbers; whom each is merged into. Absent: there is no such place."""
    rows = yield (
        "SELECT place_id, merged_into FROM place WHERE place_id = ANY(%(ids)s::integer[]) ORDER BY place_id FOR UPDATE",
        {"ids": sorted(place_ids)},
    )
    return {place_id: merged_into for place_id, merged_into in rows}  # noqa: C416 - rows are tuples of anything


def clear_pointer(place_id: int, now: datetime) -> Plan[None]:
    """Give a merged place its own life back."""
    yield _CLEAR, {"place_id": place_id, "now": now}


def take_pair(pair_id: int, answer: str, by: UUID | None, now: datetime) -> Plan[tuple[int, int] | None]:
    """Write the judgement of a pair that still waits for one; its places, or ``None`` where it does not wait."""
    rows = yield _TAKE, {"pair_id": pair_id, "answer": answer, "by": by, "now": now}
    return (rows[0][0], rows[0][1]) if rows else None

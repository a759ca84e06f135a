"""Scoring of places that just came in: sure pairs merged at once, likely ones listed for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from tierslieux.places.duplicates import repository
from tierslieux.places.duplicates.domain import Candidate, Score, score_pair
from tierslieux.places.duplicates.groups import Grouping, Pair, group_places, ordered
from tierslieux.places.showing import show_again
from tierslieux.web.plans import Plan, run_plan

_MANY = 200


class DuplicateCounts(NamedTuple):
    """``merged``: how many of the given places now point to another; ``to_review``: pairs newly listed for a person.

    ``keepers`` are the places that now show what others know as well: their days must be worked out again.
    """

    merged: int
    to_review: int
    keepers: tuple[int, ...] = ()


def score_new_places(connection: psycopg.Connection[Any], place_ids: Sequence[int], now: datetime) -> DuplicateCounts:
    """Score places that are new (or changed) against the directory, in the connection's transaction.

    Sure pairs are merged: the poorer place gets state ``merged`` and points to the one that is kept, which shows the
    choice among the fields of both. Likely pairs are listed. The grid of the map and the days of the keepers are the
    caller's to rebuild, and the catalogue's version is the caller's to bump. Best called once for all new places of a
    file: what a source says of a commune is judged by what is loaded of it.
    """
    if len(place_ids) >= _MANY:
        # in the middle of an import the planner knows nothing of what came in, and would scan the table for each place
        connection.execute("ANALYZE place (state, commune_code)")
    return run_plan(connection, score_places(place_ids, now))


def score_places(place_ids: Sequence[int], now: datetime) -> Plan[DuplicateCounts]:
    """``score_new_places`` as a plan."""
    pairs = yield from repository.find_pairs(place_ids)
    involved = {place_id for pair in pairs for place_id in pair}
    if not involved:
        return DuplicateCounts(0, 0)
    candidates = yield from repository.load_candidates(involved)
    judged = yield from repository.judged_pairs(involved)
    owners = yield from repository.owners_of_resources(involved)
    scores = {(one, other): score_pair(candidates[one], candidates[other]) for one, other in pairs}
    grouping = group_places(candidates, scores, judged, owners)
    yield from _merge(grouping, scores, candidates, now)
    merged = {place_id for others in grouping.groups.values() for place_id in others}
    count = len(merged.intersection(place_ids))
    return DuplicateCounts(count, len(grouping.to_review), tuple(sorted(grouping.groups)))


def _merge(
    grouping: Grouping, scores: Mapping[Pair, Score], candidates: Mapping[int, Candidate], now: datetime
) -> Plan[None]:
    keepers = {place_id: keeper for keeper, others in grouping.groups.items() for place_id in others}
    if keepers:
        yield from repository.point_to_keepers(keepers, now)
        yield from show_again(sorted(grouping.groups), now)
    same = [ordered(place_id, keeper) for place_id, keeper in keepers.items()]
    yield from repository.note_pairs(_with(same, scores, candidates), same, grouping.to_review)


def _with(
    pairs: Iterable[Pair], scores: Mapping[Pair, Score], candidates: Mapping[int, Candidate]
) -> dict[Pair, Score]:
    """``scores`` and those of ``pairs`` that were joined through a third place."""
    through = (pair for pair in pairs if pair not in scores)
    return {**scores, **{(one, other): score_pair(candidates[one], candidates[other]) for one, other in through}}

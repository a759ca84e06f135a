"""A person's work on duplicates: merge two places, undo a merge, judge a pair. All by one who may moderate."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.places.duplicates import repository
from tierslieux.places.duplicates.errors import BothOwnResources, StateMovedOn
from tierslieux.places.duplicates.groups import choose_keeper, ordered
from tierslieux.places.duplicates.queries import find_pair
from tierslieux.places.duplicates.schemas import Answer, DuplicatePair
from tierslieux.places.showing import show_again
from tierslieux.places.upkeep import keeping_up
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.web.plans import Plan, run_plan_in


async def merge_places(
    session: AsyncSession, places: tuple[int, int], keep: int | None, by: UUID | None, now: datetime
) -> int:
    """Make two places one; the number of the one that stays: ``keep``, else the richer, else the older.

    The other gets a pointer and nothing is moved. ``NotFound``, ``StateMovedOn`` where one of them is merged already,
    ``BothOwnResources`` where both have something to book.
    """
    async with keeping_up(session, places, now):
        return await run_plan_in(session, _merging(places, keep, by, now))


def _merging(places: tuple[int, int], keep: int | None, by: UUID | None, now: datetime) -> Plan[int]:
    yield from _locked_and_apart(places)
    candidates = yield from repository.load_candidates(places)
    owners = yield from repository.owners_of_resources(places)
    if len(owners) == 2:
        raise BothOwnResources(places=[str(place_id) for place_id in places])
    keeper = choose_keeper(list(candidates.values()), owners) if keep is None or owners else keep
    if keeper not in places:
        raise invalid("body", "keep", "unknown_value", keep, "l'un des deux lieux attendu")
    merged = next(place_id for place_id in places if place_id != keeper)
    yield from repository.point_to_keepers({merged: keeper}, now)
    yield from show_again([keeper], now)
    yield from repository.note_judgement(ordered(*places), "same", by, now)
    return keeper


def _locked_and_apart(places: tuple[int, int]) -> Plan[None]:
    """Lock both places; raise unless there are two and neither is merged."""
    if places[0] == places[1]:
        raise invalid("body", "places", "wrong_value", places[0], "deux lieux différents attendus")
    pointers = yield from repository.lock_places(places)
    if len(pointers) < 2:
        raise NotFound
    if any(pointers.values()):
        raise StateMovedOn


async def unmerge_place(session: AsyncSession, place_id: int, by: UUID | None, now: datetime) -> int:
    """Take a place out of the one it was merged into; that one's number. Both show again what their own sources say.

    The two are noted as different, so that no import joins them again. ``NotFound``, or ``StateMovedOn`` where the
    place is not merged.
    """
    keeper = (await run_plan_in(session, repository.lock_places((place_id,)))).get(place_id, 0)
    if keeper == 0:
        raise NotFound
    if keeper is None:
        raise StateMovedOn
    async with keeping_up(session, (place_id, keeper), now):
        await run_plan_in(session, _unmerging(place_id, keeper, by, now))
    return keeper


def _unmerging(place_id: int, keeper: int, by: UUID | None, now: datetime) -> Plan[None]:
    yield from repository.lock_places((place_id, keeper))
    yield from repository.clear_pointer(place_id, now)
    yield from show_again([place_id, keeper], now)
    yield from repository.note_judgement(ordered(place_id, keeper), "different", by, now)


async def decide_pair(
    session: AsyncSession, pair_id: int, judgement: tuple[Answer, int | None], by: UUID | None, now: datetime
) -> DuplicatePair:
    """Judge a listed pair: ``(answer, place to keep or None)``. ``same`` merges the two at once.

    Compare-and-swap: of two moderators the second gets ``StateMovedOn``. ``unsure`` can be judged again.
    """
    answer, keep = judgement
    places = await run_plan_in(session, repository.take_pair(pair_id, answer, by, now))
    if places is None:
        if await run_plan_in(session, find_pair(pair_id)) is None:
            raise NotFound
        raise StateMovedOn
    if answer == "same":
        await merge_places(session, places, keep, by, now)
    found = await run_plan_in(session, find_pair(pair_id))
    if found is None:
        raise NotFound
    return found

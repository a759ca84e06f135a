"""Judging the refusals of a load: was there a moment, while the request was under way, at which nobody could say yes?

A refusal writes nothing, so when exactly it was judged is not known: it was between the request and its answer. The
chronicle says what the table held at every moment of that. Where it held one thing throughout, the verdict is exact
(``sharp``); else a refusal stands if it was right at one of those moments. What a request took for now is known to lie
between two seconds as well: desks kept until then count in one reading and not in the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tests.booking.races.checks import assert_sound
from tests.booking.races.chronicle import Key, Moment, read_chronicle
from tests.booking.races.field import Field
from tests.booking.races.load import Load, Said, Wish
from tests.booking.races.oracle import Question, Span, must_accept

COMMITTED_AFTER = 0.5
"""Seconds, at most, from a transaction's last trigger until others see what it did."""


@dataclass
class Verdicts:
    """How many refusals were looked at; ``wrong`` are those that no moment justifies."""

    wrong: list[tuple[Said, set[Question]]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def judge_refusals(load: Load) -> Verdicts:
    """All ``slot_taken`` whose wish is known."""
    moments = read_chronicle(load.ground.base)
    verdicts = Verdicts()
    for said in load.said:
        if "slot_taken" not in said.codes or said.wish is None:
            continue
        questions = set(_questions(load, said, said.wish, moments))
        answers = {must_accept(each) for each in questions}
        verdicts.counts["refused"] += 1
        verdicts.counts["open" if None in answers else "sharp" if len(questions) == 1 else "blurred"] += 1
        if answers == {True}:
            verdicts.wrong.append((said, questions))
    return verdicts


def _questions(load: Load, said: Said, wish: Wish, moments: dict[Key, list[Moment]]) -> Iterator[Question]:
    """What the engine may have been asked: for each moment, each reading of the clock, each state of the closures."""
    hands, pool = load.ground.hands, wish.pool
    busy, during = Span(wish.start, wish.end + pool.turnaround_minutes * 60), Span(wish.start, wish.end)
    for moment in _under_way(moments.get(pool.key, [Moment(0.0)]), said):
        for now in (hands.earliest(said.sent), hands.latest(said.received)):
            stays = moment.stays(now, pool.turnaround_minutes * 60, pool.adapted, _dashed(wish.without))
            for shut in _shut(load, said, wish):
                yield Question(pool.seats, stays, shut, busy, during, wish.seats, wish.wanted)


def _under_way(moments: list[Moment], said: Said) -> Iterator[Moment]:
    """The moments that were there while the request was under way."""
    ends = [after.since + COMMITTED_AFTER for _, after in pairwise(moments)] + [said.received]
    for moment, end in zip(moments, ends, strict=True):
        if moment.since <= said.received and end >= said.sent:
            yield moment


def _shut(load: Load, said: Said, wish: Wish) -> list[tuple[tuple[int, Span], ...]]:
    """The seats out of use: those that were so from the beginning, and those that may have been at the end."""
    mine = [each for each in load.shut if each.pool.key == wish.pool.key]
    return [
        tuple((each.seat_id, each.during) for each in mine if each.after <= said.sent),
        tuple((each.seat_id, each.during) for each in mine if each.before <= said.received),
    ]


def _dashed(key: str | None) -> str | None:
    """A public key as the database writes it."""
    return None if key is None else f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def lost_or_doubled(field: Field, said: list[Said]) -> list[str]:
    """Bookings that were answered 201 and are not there once, and labels that are there twice."""
    made = Counter(
        each.body["id"] for each in said if each.status == 201 and each.action in {"book", "hold", "walk_in"}
    )
    rows = field.base.execute("SELECT place_id, booking_id, guest_label FROM booking").fetchall()
    there = Counter(f"{place_id}-{key.hex}" for place_id, key, _ in rows)
    labels = Counter(label for *_, label in rows if label)
    answered = Counter(each.label for each in said if each.status == 201 and each.label)
    return [
        *(f"answered {count} times: {each}" for each, count in made.items() if count != 1),
        *(f"not there: {each}" for each in made if there[each] != 1),
        *(f"label {each} {count} times" for each, count in labels.items() if count != 1),
        *(f"label {each} not there" for each in answered if labels[each] != 1),
    ]


def on_shut_seats(load: Load) -> list[str]:
    """Bookings that were given a seat which had been out of use since before they were asked for."""
    return [
        said.body["id"]
        for said in load.said
        if said.wish is not None and said.status in {200, 201}
        for each in load.shut
        if each.after <= said.sent
        and each.during.meets(Span(said.wish.start, said.wish.end))
        and f"{each.pool.key[0]}-{each.seat_id}" in said.body["seat_ids"]
    ]


def assert_kept_its_word(load: Load, expected: set[int]) -> Verdicts:
    """Everything that can be judged of a load."""
    statuses = Counter((said.action, said.status) for said in load.said)
    assert {status for _, status in statuses} <= expected, statuses
    assert_sound(load.ground.base)
    assert lost_or_doubled(load.ground, load.said) == []
    verdicts = judge_refusals(load)
    print(sorted(statuses.items()), verdicts.counts)  # pytest -s shows how much was looked at
    assert verdicts.wrong == []
    assert on_shut_seats(load) == []
    return verdicts

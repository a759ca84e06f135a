"""``tierslieux duplicates``: the list, a judgement, a merge, its undoing."""

from __future__ import annotations

import json
from typing import cast

import click
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.cli.writing import write_or_refuse
from tierslieux.places.duplicates.queries import FIRST, list_pairs
from tierslieux.places.duplicates.schemas import Answer, DuplicatePair, PairState
from tierslieux.places.duplicates.service import decide_pair, merge_places, unmerge_place
from tierslieux.shared.time import SystemClock
from tierslieux.web.plans import run_plan_in

_NUMBER = click.IntRange(1, 2**31 - 1)
_SENTENCES = {
    "not_found": "Cette paire ou ce lieu n'existe pas.",
    "status_changed": "La paire est déjà jugée, ou l'un des lieux déjà fusionné (ou plus fusionné).",
    "both_own_resources": "Ces deux lieux ont des places à réserver : retirez d'abord celles de l'un des deux.",
}


@click.group("duplicates")
def duplicates() -> None:
    """Places that may be one."""


@duplicates.command("list")
@click.option("--state", type=click.Choice(["to_review", "unsure", "same", "different"]), default="to_review")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
def list_duplicates(state: str, limit: int) -> None:
    """Print pairs, the likeliest first, one JSON object a line."""

    async def work(session: AsyncSession) -> list[DuplicatePair]:
        return await run_plan_in(session, list_pairs(cast("PairState", state), FIRST, limit))

    for pair in write_or_refuse(work, _SENTENCES):
        click.echo(msgspec.json.encode(pair).decode())


@duplicates.command("decide")
@click.argument("pair", type=_NUMBER)
@click.argument("answer", type=click.Choice(["same", "different", "unsure"]))
@click.option("--keep", type=_NUMBER, help="The place that stays; else the one of which more is known.")
def decide(pair: int, answer: str, keep: int | None) -> None:
    """Judge a listed PAIR; "same" merges its places at once."""

    async def work(session: AsyncSession) -> DuplicatePair:
        return await decide_pair(session, pair, (cast("Answer", answer), keep), None, SystemClock().now())

    click.echo(msgspec.json.encode(write_or_refuse(work, _SENTENCES)).decode())


@duplicates.command("merge")
@click.argument("one", type=_NUMBER)
@click.argument("other", type=_NUMBER)
@click.option("--keep", type=_NUMBER, help="The place that stays; else the one of which more is known.")
def merge(one: int, other: int, keep: int | None) -> None:
    """Make two places one; nothing is moved, and unmerge gives both back."""

    async def work(session: AsyncSession) -> int:
        return await merge_places(session, (one, other), keep, None, SystemClock().now())

    click.echo(json.dumps({"kept": str(write_or_refuse(work, _SENTENCES))}))


@duplicates.command("unmerge")
@click.argument("place", type=_NUMBER)
def unmerge(place: int) -> None:
    """Take PLACE out of the one it was merged into."""

    async def work(session: AsyncSession) -> int:
        return await unmerge_place(session, place, None, SystemClock().now())

    click.echo(json.dumps({"unmerged": str(place), "from": str(write_or_refuse(work, _SENTENCES))}))

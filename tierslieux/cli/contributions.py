"""``tierslieux contributions``: what people reported without an account, and the answers."""

from __future__ import annotations

from typing import cast

import click
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.cli.writing import write_or_refuse
from tierslieux.places.contributions import Decision, OpenContribution, answer, open_contributions
from tierslieux.shared.pagination import BadCursor
from tierslieux.shared.time import SystemClock
from tierslieux.web.db import raw_connection

_SENTENCES = {
    "not_found": "Ce signalement n'existe pas.",
    "status_changed": "Ce signalement a déjà reçu une réponse.",
}


@click.group("contributions")
def contributions() -> None:
    """What people reported: errors, and what is to be removed."""


@contributions.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--after", help="The id of the last one of the page before.")
def list_open(limit: int, after: str | None) -> None:
    """Print what waits for an answer, the oldest first, one JSON object a line."""

    async def work(session: AsyncSession) -> list[OpenContribution]:
        try:
            return await open_contributions(await raw_connection(session), after, limit)
        except BadCursor as exc:
            raise click.BadParameter("no id of a contribution", param_hint="--after") from exc

    for each in write_or_refuse(work, _SENTENCES):
        click.echo(msgspec.json.encode(each).decode())


@contributions.command("answer")
@click.argument("contribution")
@click.argument("decision", type=click.Choice(["accepted", "declined"]))
@click.option("--note", help="Kept with the answer.")
def give_answer(contribution: str, decision: str, note: str | None) -> None:
    """Close a CONTRIBUTION and erase the e-mail address it came with; the place itself is changed apart."""

    async def work(session: AsyncSession) -> None:
        await answer(session, contribution, cast("Decision", decision), note, None, SystemClock().now())

    write_or_refuse(work, _SENTENCES)
    click.echo(msgspec.json.encode({"id": contribution, "state": decision}).decode())

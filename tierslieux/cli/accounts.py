"""``tierslieux user create`` and ``tierslieux token create``."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import SCOPES, TokenScope
from tierslieux.accounts.service import account_of, create_account, create_token, grant_role
from tierslieux.cli.context import EXIT_WRONG_USE, refuse
from tierslieux.cli.writing import write_or_refuse
from tierslieux.places.service import make_host
from tierslieux.shared.time import SystemClock

Role = Literal["guest", "host", "moderator", "operator", "agent"]
_SENTENCES = {
    "bad_email": "« {email} » n'est pas une adresse électronique.",
    "email_taken": "Un compte a déjà cette adresse (identifiant {id}).",
    "not_found": "Ce compte ou ce lieu n'existe pas.",
    "status_changed": "Ce lieu est fusionné avec un autre : donnez le numéro de l'autre.",
}


@click.group("user")
def user() -> None:
    """Accounts."""


@click.group("token")
def token() -> None:
    """Access tokens of programs."""


@user.command("create")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(["guest", "host", "moderator", "operator", "agent"]))
@click.option("--place", type=click.IntRange(1, 2**31 - 1), help="The place that a host looks after.")
@click.option("--territory", default="", help="The territory of an agent: 29232, 242900710, dep-29, reg-53.")
def create_user(email: str, role: Role, place: int | None, territory: str) -> None:
    """Create an account and print its id."""
    if (role == "agent") != bool(territory):
        refuse("--territory se donne avec --role agent, et seulement avec lui.", EXIT_WRONG_USE)
    if place is not None and role != "host":
        refuse("--place se donne avec --role host.", EXIT_WRONG_USE)

    async def work(session: AsyncSession) -> UUID:
        account_id = await create_account(session, email, SystemClock().now())
        if role in {"moderator", "operator", "agent"}:
            await grant_role(session, account_id, role, territory)
        if place is not None:
            await make_host(session, place, account_id)
        return account_id

    click.echo(write_or_refuse(work, _SENTENCES))


@token.command("create")
@click.option("--user", "account", required=True, help="The account's id or e-mail address.")
@click.option("--scope", "scopes", required=True, multiple=True, type=click.Choice(SCOPES), help="Repeat for more.")
def create_access_token(account: str, scopes: tuple[TokenScope, ...]) -> None:
    """Create a token and print it: it is shown this once, only its SHA-256 is kept."""

    async def work(session: AsyncSession) -> str:
        return await create_token(session, await account_of(session, account), scopes, SystemClock().now())

    click.echo(write_or_refuse(work, _SENTENCES))

"""``tierslieux user create|grant|revoke`` and ``tierslieux token create``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import SCOPES, TokenScope
from tierslieux.accounts.service import (
    GlobalRole,
    account_of,
    create_account,
    create_token,
    grant_role,
    revoke_role,
)
from tierslieux.cli.context import EXIT_WRONG_USE, refuse
from tierslieux.cli.writing import write_or_refuse
from tierslieux.places.service import end_host, make_host
from tierslieux.shared.errors import Conflict
from tierslieux.shared.time import SystemClock

Role = Literal["guest", "host", "moderator", "operator", "agent"]
Command = Callable[..., Any]
_SENTENCES = {
    "bad_email": "« {email} » n'est pas une adresse électronique.",
    "email_taken": "Un compte a déjà cette adresse (identifiant {id}) ; « user grant » lui donne un rôle.",
    "not_granted": "Ce compte n'a pas ce rôle.",
    "not_found": "Ce compte ou ce lieu n'existe pas.",
    "status_changed": "Ce lieu est fusionné avec un autre : donnez le numéro de l'autre.",
}


@click.group("user")
def user() -> None:
    """Accounts."""


@click.group("token")
def token() -> None:
    """Access tokens of programs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A role as it stands on the command line: of a host over a place, of an agent over a territory."""

    role: Role
    place: int | None
    territory: str

    def check(self, *, needs_place: bool) -> None:
        """End the command where the role and what it is over do not go together."""
        if (self.role == "agent") != bool(self.territory):
            refuse("--territory se donne avec --role agent, et seulement avec lui.", EXIT_WRONG_USE)
        if self.place is not None and self.role != "host":
            refuse("--place se donne avec --role host.", EXIT_WRONG_USE)
        if needs_place and self.role == "host" and self.place is None:
            refuse("Dites de quel lieu : --place NUMÉRO.", EXIT_WRONG_USE)


class NotGranted(Conflict):
    """The account does not have the role that was to be taken back."""

    code = "not_granted"


def _role_options(command: Command) -> Command:
    """``--role``, ``--place``, ``--territory``."""
    for option in (
        click.option("--territory", default="", help="The territory of an agent: 29232, 242900710, dep-29, reg-53."),
        click.option("--place", type=click.IntRange(1, 2**31 - 1), help="The place that a host looks after."),
        click.option("--role", required=True, type=click.Choice(get_args(Role))),
    ):
        command = option(command)
    return command


async def _give(session: AsyncSession, account_id: UUID, asked: Asked) -> None:
    if asked.role in {"moderator", "operator", "agent"}:
        await grant_role(session, account_id, asked.role, asked.territory)
    if asked.place is not None:
        await make_host(session, asked.place, account_id)


async def _take(session: AsyncSession, account_id: UUID, asked: Asked) -> bool:
    if asked.place is not None:
        return await end_host(session, asked.place, account_id)
    return await revoke_role(session, account_id, cast("GlobalRole", asked.role), asked.territory)


@user.command("create")
@click.option("--email", required=True)
@_role_options
def create_user(email: str, role: Role, place: int | None, territory: str) -> None:
    """Create an account and print its id. One that exists is given a role by `user grant`."""
    asked = Asked(role, place, territory)
    asked.check(needs_place=False)

    async def work(session: AsyncSession) -> UUID:
        account_id = await create_account(session, email, SystemClock().now())
        await _give(session, account_id, asked)
        return account_id

    click.echo(write_or_refuse(work, _SENTENCES))


@user.command("grant")
@click.option("--user", "account", required=True, help="The account's id or e-mail address.")
@_role_options
def grant(account: str, role: Role, place: int | None, territory: str) -> None:
    """Give a role to an account that exists and print its id. Given twice it stays once."""
    asked = Asked(role, place, territory)
    asked.check(needs_place=True)
    _refuse_guest(role)

    async def work(session: AsyncSession) -> UUID:
        account_id = await account_of(session, account)
        await _give(session, account_id, asked)
        return account_id

    click.echo(write_or_refuse(work, _SENTENCES))


@user.command("revoke")
@click.option("--user", "account", required=True, help="The account's id or e-mail address.")
@_role_options
def revoke(account: str, role: Role, place: int | None, territory: str) -> None:
    """Take a role back and print the account's id. It holds from the next request on; the account stays."""
    asked = Asked(role, place, territory)
    asked.check(needs_place=True)
    _refuse_guest(role)

    async def work(session: AsyncSession) -> UUID:
        account_id = await account_of(session, account)
        if not await _take(session, account_id, asked):
            raise NotGranted
        return account_id

    click.echo(write_or_refuse(work, _SENTENCES))


def _refuse_guest(role: Role) -> None:
    if role == "guest":
        refuse("Tout compte peut réserver : ce rôle ne se donne ni ne se retire.", EXIT_WRONG_USE)


@token.command("create")
@click.option("--user", "account", required=True, help="The account's id or e-mail address.")
@click.option("--scope", "scopes", required=True, multiple=True, type=click.Choice(SCOPES), help="Repeat for more.")
def create_access_token(account: str, scopes: tuple[TokenScope, ...]) -> None:
    """Create a token and print it: it is shown this once, only its SHA-256 is kept."""

    async def work(session: AsyncSession) -> str:
        return await create_token(session, await account_of(session, account), scopes, SystemClock().now())

    click.echo(write_or_refuse(work, _SENTENCES))

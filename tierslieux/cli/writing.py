"""Commands that change something through the slices' services: one transaction, refusals as one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import psycopg
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.cli.context import EXIT_NO_BASE, refuse, settings_or_exit
from tierslieux.settings import Settings
from tierslieux.shared.errors import DomainError, InvalidRequest
from tierslieux.web.db import Database

T = TypeVar("T")
Work = Callable[[AsyncSession], Awaitable[T]]
NO_BASE = "La base ne répond pas. Rien n'a été enregistré ; démarrez-la (« tierslieux db start ») et recommencez."


def write_or_refuse(work: Work[T], sentences: Mapping[str, str]) -> T:
    """Run ``work`` in one transaction; a refusal ends the command with the sentence of its code and exit 4."""
    settings = settings_or_exit()
    try:
        return asyncio.run(_written(settings, work))
    except DomainError as exc:
        sentence = sentences.get(exc.code, f"Refusé : {exc.code}.")
        refuse(f"{sentence.format(**exc.facts)} Rien n'a été enregistré.")
    except InvalidRequest as exc:
        refuse(f"{exc}. Rien n'a été enregistré.")
    except (OperationalError, psycopg.OperationalError, PoolTimeout):
        refuse(NO_BASE, EXIT_NO_BASE)


async def _written(settings: Settings, work: Work[T]) -> T:
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=1)
    try:
        async with database.write() as session:
            return await work(session)
    finally:
        await database.engine.dispose()

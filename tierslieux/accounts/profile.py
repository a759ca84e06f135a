"""What a person says of themselves, all of it optional and erasable."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.domain import read_name
from tierslieux.accounts.errors import UnknownCommune
from tierslieux.accounts.models import AccountRow
from tierslieux.accounts.schemas import Me, MePatch, Role
from tierslieux.shared.errors import NotFound
from tierslieux.territories.queries.communes import communes_in_force
from tierslieux.web.db import Reads, raw_connection

_ME = """
SELECT account_id, email, name, locale, home_commune, work_commune, travel_mode, created_at,
  ARRAY(SELECT r.role || ' ' || r.territory_id FROM account_role r WHERE r.account_id = a.account_id
    ORDER BY r.role, r.territory_id)
FROM account a WHERE account_id = %s
"""


async def load_me(reads: Reads, account_id: UUID) -> Me:
    """The person, or ``NotFound`` where the account was erased meanwhile."""
    row = await (await reads.execute(_ME, (account_id,))).fetchone()
    if row is None:
        raise NotFound
    return Me(
        id=str(row[0]),
        email=row[1],
        name=row[2],
        locale=row[3],
        home_commune=row[4],
        work_commune=row[5],
        travel_mode=row[6],
        roles=[_role(text) for text in row[8]],
        created_at=row[7].isoformat(timespec="seconds"),
    )


def _role(text: str) -> Role:
    role, _, territory = text.partition(" ")
    return Role(role, territory or None)


async def change_me(session: AsyncSession, account_id: UUID, patch: MePatch) -> Me:
    """Store what ``patch`` says, and the person then.

    A commune that was merged into another is stored as that one; ``UnknownCommune`` where no commune has the code.
    ``BadName``, ``NotFound``.
    """
    values = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if not isinstance(value, msgspec.UnsetType)
    }
    reads = await raw_connection(session)
    values |= await _in_force(reads, values)
    if values.get("name"):
        values["name"] = read_name(values["name"])
    if values:
        await session.execute(update(AccountRow).where(AccountRow.account_id == account_id).values(values))
    return await load_me(reads, account_id)


async def _in_force(reads: Reads, values: dict[str, Any]) -> dict[str, str]:
    """The communes among ``values``, by the codes of today."""
    given = {name: values[name] for name in ("home_commune", "work_commune") if values.get(name)}
    known = await communes_in_force(reads, given.values()) if given else {}
    for name, code in given.items():
        if code not in known:
            raise UnknownCommune(field=name, value=code)
    return {name: known[code] for name, code in given.items()}

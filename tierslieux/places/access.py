"""The gate of one place: its hosts and the moderators; for anyone else what is theirs does not exist (404)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, require_user
from tierslieux.places.models import MembershipRow, PlaceRow
from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

_HOSTS = """
SELECT true FROM membership
WHERE place_id = %(place_id)s::integer AND account_id = %(account_id)s::uuid AND role = 'host'
"""


async def access_place_as_host(session: AsyncSession, user: CurrentUser | None, place_id: int) -> CurrentUser:
    """The person, if they are host of this place or moderator and their token carries ``places:write``.

    ``NotSignedIn``, ``NotAllowed``, or ``NotFound``: no such place, or not theirs.
    """
    person = require_user(user, "places:write")
    mine = select(MembershipRow.place_id).where(
        MembershipRow.place_id == place_id,
        MembershipRow.account_id == person.account_id,
        MembershipRow.role == "host",
    )
    any_place = select(PlaceRow.place_id).where(PlaceRow.place_id == place_id)
    if (await session.execute(any_place if person.is_moderator else mine)).first() is None:
        raise NotFound
    return person


def may_change_place(user: CurrentUser | None, place_id: int) -> Plan[bool]:
    """Whether ``access_place_as_host`` would let this person through: for reads that show more to those in charge."""
    if user is None or "places:write" not in user.scopes:
        return False
    rows = yield _HOSTS, {"place_id": place_id, "account_id": user.account_id}
    return user.is_moderator or bool(rows)

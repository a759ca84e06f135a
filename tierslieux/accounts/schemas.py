"""A person's own data, as programs read and write it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from tierslieux.accounts.domain import MAX_NAME, TravelMode
from tierslieux.web.i18n import Locale

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
CommuneCode = Annotated[str, msgspec.Meta(pattern=r"^[0-9][0-9AB][0-9]{3}$")]


class Role(msgspec.Struct, frozen=True):
    """A role that is not tied to a place; ``territory`` where it is tied to one."""

    role: str
    territory: str | None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """A person as they know themselves. The communes are INSEE codes; everything but the address is optional."""

    id: str
    email: str | None
    name: str | None
    locale: Locale
    home_commune: str | None
    work_commune: str | None
    travel_mode: TravelMode | None
    roles: list[Role]
    created_at: str


class MePatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch (RFC 7396): what is absent stays, ``null`` takes a value away."""

    name: Name | UnsetType | None = UNSET
    home_commune: CommuneCode | UnsetType | None = UNSET
    work_commune: CommuneCode | UnsetType | None = UNSET
    travel_mode: TravelMode | UnsetType | None = UNSET
    locale: Locale | UnsetType = UNSET

"""The OpenID Connect issuer that an instance trusts, as its settings say."""

from __future__ import annotations

import msgspec


class Issuer(msgspec.Struct, frozen=True):
    """An issuer and how we are known there. ``url`` is exactly its ``iss``; ``label`` is what people call it.

    ``scopes`` is what we ask to know, ``redirect_uri`` the address of ours that it leads back to.
    """

    url: str
    client_id: str
    client_secret: str
    label: str
    scopes: str
    redirect_uri: str


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """What the issuer says of itself (OpenID Connect Discovery 1.0, section 3); other members are not read."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    # the default of section 3
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Tokens(msgspec.Struct, frozen=True):
    """What the token endpoint answers."""

    access_token: str
    id_token: str


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """Who the issuer says that someone is. ``email`` counts as proved only where ``is_email_verified``."""

    subject: str
    email: str | None
    is_email_verified: bool
    name: str | None
    siret: str | None

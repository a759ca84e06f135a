"""The OpenID Connect issuer that an instance trusts, as its settings say."""

from __future__ import annotations

import msgspec


class Issuer(msgspec.Struct, frozen=True):
    """An issuer and how we are known there. ``url`` is exactly its ``iss``; ``label`` is what people call it."""

    url: str
    client_id: str
    client_secret: str
    label: str
    redirect_uri: str

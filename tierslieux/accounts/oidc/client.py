"""Talking to an OpenID Connect issuer: discovery, code against tokens, keys, who it is."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from tierslieux.accounts.domain import siret_of
from tierslieux.accounts.errors import IssuerAway, OutsideSignInFailed
from tierslieux.accounts.oidc.issuer import Claims, Endpoints, Issuer, Tokens

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures by the issuer's own keys; never ``none``, never a secret that we share."""
TIMEOUT_SECONDS = 5.0
LEEWAY_SECONDS = 60
_MAX_BYTES = 500_000


def challenge_of(verifier: str) -> str:
    """The PKCE challenge of a verifier (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorization_url(issuer: Issuer, endpoints: Endpoints, state: str, nonce: str, verifier: str) -> str:
    """Where a browser goes to be recognised."""
    query = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": issuer.redirect_uri,
        "scope": issuer.scopes,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    separator = "&" if "?" in endpoints.authorization_endpoint else "?"
    return f"{endpoints.authorization_endpoint}{separator}{urlencode(query)}"


async def discover(issuer: Issuer) -> Endpoints:
    """The issuer's addresses, or ``IssuerAway``. What calls itself by another name is not the issuer."""
    address = issuer.url.rstrip("/") + "/.well-known/openid-configuration"
    found: Endpoints = _decoded(await _ask("GET", address), Endpoints)
    if found.issuer != issuer.url:
        raise IssuerAway(why="another issuer")
    return found


async def redeem(issuer: Issuer, endpoints: Endpoints, code: str, verifier: str) -> Tokens:
    """The tokens for a code; ``OutsideSignInFailed`` where the issuer refuses it."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": issuer.redirect_uri,
        "code_verifier": verifier,
    }
    headers = {}
    if "client_secret_post" in endpoints.token_endpoint_auth_methods_supported:
        form |= {"client_id": issuer.client_id, "client_secret": issuer.client_secret}
    else:
        pair = f"{quote(issuer.client_id, safe='')}:{quote(issuer.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    tokens: Tokens = _decoded(await _ask("POST", endpoints.token_endpoint, form, headers), Tokens)
    return tokens


async def claims_of(issuer: Issuer, endpoints: Endpoints, tokens: Tokens, nonce: str, now: datetime) -> Claims:
    """Who signed in, from the signed id_token and, where there is one, the userinfo of the same subject."""
    keys = await _keys(endpoints)
    said = _verified(tokens.id_token, keys)
    _check(said, issuer, nonce, now)
    if endpoints.userinfo_endpoint:
        more = await _userinfo(issuer, endpoints.userinfo_endpoint, tokens, keys, str(said["sub"]))
        if "email" in more:  # whether it was verified must be said where it is said
            said.pop("email_verified", None)
        said |= more
    return Claims(
        subject=str(said["sub"]),
        email=said["email"] if isinstance(said.get("email"), str) else None,
        is_email_verified=said.get("email_verified") is True,
        name=_name_of(said),
        siret=siret_of(said.get("siret")),
    )


async def _userinfo(issuer: Issuer, address: str, tokens: Tokens, keys: KeySet, subject: str) -> dict[str, Any]:
    """The claims there: a signed JWT (ProConnect) or plain JSON. Of another subject: refused (section 5.3.2)."""
    answer = await _ask("GET", address, headers={"Authorization": f"Bearer {tokens.access_token}"})
    if "application/jwt" in answer.headers.get("content-type", ""):
        said = _verified(answer.text, keys)
        registry = JWTClaimsRegistry(iss={"value": issuer.url}, aud={"value": issuer.client_id})
        _validate(registry, said)
    else:
        said = _decoded(answer, dict[str, Any])
    if said.get("sub") != subject:
        raise OutsideSignInFailed(why="userinfo of another subject")
    return said


def _verified(token: str, keys: KeySet) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token.strip(), keys, algorithms=list(ALGORITHMS)).claims)
    except (JoseError, ValueError) as exc:
        raise OutsideSignInFailed(why=type(exc).__name__) from exc


def _check(said: Mapping[str, Any], issuer: Issuer, nonce: str, now: datetime) -> None:
    """The rules of OpenID Connect Core 1.0, section 3.1.3.7."""
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer.url},
        aud={"essential": True, "value": issuer.client_id},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    _validate(registry, said)
    several = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if (several or "azp" in said) and said.get("azp") != issuer.client_id:
        raise OutsideSignInFailed(why="issued to another client")


def _validate(registry: JWTClaimsRegistry, said: Mapping[str, Any]) -> None:
    try:
        registry.validate(dict(said))
    except (JoseError, ValueError) as exc:
        raise OutsideSignInFailed(why=type(exc).__name__) from exc


def _name_of(said: Mapping[str, Any]) -> str | None:
    parts = [said.get("given_name"), said.get("usual_name") or said.get("family_name")]
    together = " ".join(part for part in parts if isinstance(part, str))
    return together or (said["name"] if isinstance(said.get("name"), str) else None)


async def _keys(endpoints: Endpoints) -> KeySet:
    found = _decoded(await _ask("GET", endpoints.jwks_uri), dict[str, Any])
    try:
        return KeySet.import_key_set(found)
    except (JoseError, ValueError, KeyError, TypeError) as exc:
        raise IssuerAway(why="keys") from exc


async def _ask(
    method: str, address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """One request; a redirect is not followed, and an answer without end is not read to it."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
            answer = await client.request(method, address, data=form, headers=headers)
    except httpx.HTTPError as exc:
        raise IssuerAway(why=type(exc).__name__) from exc
    if answer.status_code >= 500 or len(answer.content) > _MAX_BYTES:
        raise IssuerAway(why=f"HTTP {answer.status_code}")
    if answer.status_code != 200:
        raise OutsideSignInFailed(why=f"HTTP {answer.status_code}")
    return answer


def _decoded(answer: httpx.Response, kind: Any) -> Any:
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise IssuerAway(why="unreadable") from exc

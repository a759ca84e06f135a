"""An OpenID Connect issuer on this machine: real HTTP, real keys, and lies on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "tierslieux", "a secret that the issuer gave"


@cache
def new_key(_whose: str) -> RSAKey:
    """A key; each bears the same number, as an impostor's would."""
    return RSAKey.generate_key(2048, {"kid": "k-1"})


@dataclass
class LocalIssuer:
    """Says that whoever comes is ``person``; ``id_token`` and ``userinfo`` override single claims, ``lie`` the rest.

    ``lie``: ``none`` (unsigned), ``shared`` (signed with the client's secret), ``stranger`` (another key),
    ``issuer`` (calls itself otherwise), ``json`` (plain userinfo), ``away`` (answers 503).
    """

    url: str = ""
    now: int = 0
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "email": "agente@exemple.fr"})
    id_token: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    lie: str = ""
    key: RSAKey = field(default_factory=lambda: new_key("own"))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """What a person's browser brings back who was recognised: code and state."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = uuid4().hex
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def discovery(self) -> dict[str, Any]:
        """The document of discovery."""
        return {
            "issuer": "https://ailleurs.exemple" if self.lie == "issuer" else self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "response_types_supported": ["code"],
        }

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Tokens for a code, once, for who has its verifier and the secret."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form.get("client_secret") != CLIENT_SECRET:
            return 400, {"error": "invalid_grant"}
        claims = {
            "iss": self.url, "aud": CLIENT_ID, "sub": self.person["sub"], "nonce": asked["nonce"],
            "iat": self.now, "exp": self.now + 60,
        } | self.id_token  # fmt: skip
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        """``claims`` as a JWT, honestly signed or as ``lie`` says."""
        if self.lie == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        if self.lie == "shared":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))
        key = new_key("stranger") if self.lie == "stranger" else self.key
        return jwt.encode({"alg": "RS256", "kid": "k-1"}, claims, key)


class _Handler(BaseHTTPRequestHandler):
    issuer: LocalIssuer

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.issuer.asked.append(path)
        if self.issuer.lie == "away":
            self.answer(503, b"", "text/plain")
        elif path == "/.well-known/openid-configuration":
            self.say(200, self.issuer.discovery())
        elif path == "/jwks":
            self.say(200, {"keys": [self.issuer.key.as_dict(private=False)]})
        elif path == "/userinfo" and self.headers["authorization"] == "Bearer access":
            self.tell_of_person()
        else:
            self.answer(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.issuer.asked.append(urlsplit(self.path).path)
        status, found = self.issuer.token({name: values[0] for name, values in parse_qs(body).items()})
        self.say(status, found)

    def tell_of_person(self) -> None:
        claims = self.issuer.person | {"iss": self.issuer.url, "aud": CLIENT_ID} | self.issuer.userinfo
        if self.issuer.lie == "json":
            self.say(200, claims)
        else:
            self.answer(200, self.issuer.signed(claims).encode(), "application/jwt")

    def say(self, status: int, found: dict[str, Any]) -> None:
        self.answer(status, json.dumps(found).encode(), "application/json")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def local_issuer(now: int) -> Iterator[LocalIssuer]:
    """A running issuer whose clock shows ``now``."""
    issuer = LocalIssuer(now=now)
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield issuer
        server.shutdown()
        thread.join()

"""Settings: frozen, typed, read from the environment once and validated at start. A secret has no default here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tierslieux.shared.hosts import is_loopback


class SettingsError(Exception):
    """A setting is missing or wrong. The message names the variable and the remedy, in one sentence."""


class Operator(msgspec.Struct, frozen=True):
    """Who runs this instance: printed on the legal and privacy pages; ``None`` is shown as "non renseigné"."""

    name: str | None = None
    address: str | None = None
    email: str | None = None
    publication_director: str | None = None
    host_name: str | None = None


class RasterTiles(msgspec.Struct, frozen=True):
    """An outside raster tile server, only if the operator sets one: its host then enters ``img-src``."""

    url: str
    attribution: str
    max_zoom: int = 19


class OidcIssuer(msgspec.Struct, frozen=True):
    """An OpenID Connect issuer that people may sign in with, ProConnect or another. ``url`` is exactly its ``iss``."""

    url: str
    client_id: str
    client_secret: str
    label: str = "ProConnect"
    scopes: str = "openid given_name usual_name email siret"


class Settings(msgspec.Struct, frozen=True):
    """Everything that differs between two installations."""

    database_url: str
    secret: bytes
    state_dir: Path
    listen: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    mail_from: str = "tierslieux@localhost"
    rate_limits: bool = True
    test_clock: bool = False
    read_pool_size: int = 8
    operator: Operator = Operator()
    raster_tiles: RasterTiles | None = None
    oidc: OidcIssuer | None = None
    data_dir: Path | None = None
    open_data_urls: tuple[str, ...] = ()
    log_level: str = "INFO"

    @property
    def is_local(self) -> bool:
        """Whether the public address is this machine's own: what ``/dev/...`` requires."""
        return is_loopback(urlsplit(self.public_url).hostname or "")

    @property
    def sqlalchemy_url(self) -> str:
        """The database address for SQLAlchemy on psycopg 3."""
        return "postgresql+psycopg" + self.database_url[self.database_url.index("://") :]


def read_settings(env: Mapping[str, str], *, state_dir: Path) -> Settings:
    """The settings that ``env`` asks for, or ``SettingsError`` naming the first variable that is wrong.

    ``TIERSLIEUX_DATABASE_URL`` and ``TIERSLIEUX_SECRET`` must be there (the launcher fills them for its own cluster).
    """
    settings = Settings(
        database_url=_database_url(env),
        secret=_required(env, "TIERSLIEUX_SECRET", "at least 32 random characters").encode(),
        state_dir=state_dir,
        listen=env.get("TIERSLIEUX_LISTEN") or "127.0.0.1",
        port=_number(env, "PORT", 8000, 1, 65535),
        workers=_number(env, "WORKERS", 1, 1, 64),
        public_url=env.get("TIERSLIEUX_PUBLIC_URL", f"http://127.0.0.1:{env.get('PORT', '8000')}").rstrip("/"),
        smtp_url=_smtp_url(env),
        mail_from=env.get("TIERSLIEUX_MAIL_FROM", "tierslieux@localhost"),
        rate_limits=_switch(env, "TIERSLIEUX_RATE_LIMITS", default="on"),
        test_clock=_switch(env, "TIERSLIEUX_TEST_CLOCK", default="off"),
        read_pool_size=_number(env, "TIERSLIEUX_READ_POOL_SIZE", 8, 1, 100),
        operator=_operator(env),
        raster_tiles=_raster_tiles(env),
        oidc=_oidc(env),
        data_dir=Path(env["TIERSLIEUX_DATA_DIR"]) if env.get("TIERSLIEUX_DATA_DIR") else None,
        open_data_urls=tuple(env.get("TIERSLIEUX_OPEN_DATA_URLS", "").split()),
        log_level=env.get("TIERSLIEUX_LOG_LEVEL", "INFO").upper(),
    )
    if len(settings.secret) < 32:
        raise SettingsError("TIERSLIEUX_SECRET is too short: give at least 32 random characters.")
    if not settings.is_local and (settings.test_clock or not settings.rate_limits):
        raise SettingsError(
            "TIERSLIEUX_TEST_CLOCK=on and TIERSLIEUX_RATE_LIMITS=off are for this machine only, and the public address"
            f" is {settings.public_url}: remove them, or set TIERSLIEUX_PUBLIC_URL to a loopback address."
        )
    return settings


def _required(env: Mapping[str, str], name: str, remedy: str) -> str:
    value = env.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set: give {remedy}.")
    return value


def _database_url(env: Mapping[str, str]) -> str:
    url = _required(env, "TIERSLIEUX_DATABASE_URL", "postgresql://user:password@host:5432/database")
    if urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise SettingsError("TIERSLIEUX_DATABASE_URL must begin with postgresql:// (the password is not printed here).")
    return url


def _smtp_url(env: Mapping[str, str]) -> str | None:
    url = env.get("TIERSLIEUX_SMTP_URL")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"smtp", "smtps", "smtp+starttls"} and parts.hostname and (parts.port or 1)
    except ValueError:
        good = False
    if not good:
        raise SettingsError(
            "TIERSLIEUX_SMTP_URL must be smtp://, smtps:// or smtp+starttls:// with user:password@host:port, user and"
            " password percent-encoded (they are not printed here)."
        )
    return url


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _switch(env: Mapping[str, str], name: str, *, default: str) -> bool:
    text = env.get(name) or default
    if text not in {"on", "off"}:
        raise SettingsError(f"{name} must be 'on' or 'off', not {text!r}.")
    return text == "on"


def _operator(env: Mapping[str, str]) -> Operator:
    fields = ("name", "address", "email", "publication_director", "host_name")
    return Operator(**{field: env.get(f"TIERSLIEUX_OPERATOR_{field.upper()}") or None for field in fields})


def _raster_tiles(env: Mapping[str, str]) -> RasterTiles | None:
    url = env.get("TIERSLIEUX_TILES_URL")
    if not url:
        return None
    attribution = _required(env, "TIERSLIEUX_TILES_ATTRIBUTION", "the credit line of that tile server")
    return RasterTiles(url, attribution, _number(env, "TIERSLIEUX_TILES_MAX_ZOOM", 19, 1, 22))


def _oidc(env: Mapping[str, str]) -> OidcIssuer | None:
    url = env.get("TIERSLIEUX_OIDC_ISSUER")
    if not url:
        return None
    parts = urlsplit(url)
    if not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)))):
        raise SettingsError("TIERSLIEUX_OIDC_ISSUER must begin with https:// (http:// only for this machine).")
    plain = OidcIssuer(
        url,
        _required(env, "TIERSLIEUX_OIDC_CLIENT_ID", "the client id that the issuer gave"),
        _required(env, "TIERSLIEUX_OIDC_CLIENT_SECRET", "the client secret that the issuer gave"),
    )
    given = {name: env.get(f"TIERSLIEUX_OIDC_{name.upper()}") for name in ("label", "scopes")}
    return msgspec.structs.replace(plain, **{name: value for name, value in given.items() if value})

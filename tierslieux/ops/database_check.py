"""``tierslieux db check``: whether a base can serve, and the SQL that its administrator must run where it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from tierslieux.ops.binaries import MIN_POSTGIS, MIN_POSTGRESQL
from tierslieux.ops.trouble import NoBase

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent")
"""What the schema stands on."""
_MINIMUM = f"{MIN_POSTGIS[0]}.{MIN_POSTGIS[1]}"
_EXTENSIONS = """
  SELECT a.name, a.installed_version, a.default_version,
    r.rolsuper OR (v.trusted AND has_database_privilege(current_database(), 'CREATE')) AS may_create
  FROM pg_available_extensions a
  JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
  CROSS JOIN pg_roles r
  WHERE a.name = ANY(%s) AND r.rolname = current_user
"""
_RIGHTS = """
  SELECT has_schema_privilege('public', 'CREATE'), has_schema_privilege('public', 'USAGE'),
    has_database_privilege(current_database(), 'TEMPORARY')
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: no ``fault`` where it is right; the ``remedy`` is SQL or a word."""

    subject: str
    fault: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Extension:
    """One of the needed extensions as the server knows it."""

    name: str
    installed: str | None
    offered: str
    may_create: bool


def check_database(url: str) -> list[Finding]:
    """Everything that the application needs of the base at ``url``, each right or with its remedy. Changes nothing.

    ``NoBase`` where it cannot be reached; where only the role or the database is missing, with the SQL that makes them.
    """
    with connected(url) as connection:
        return [
            _version(connection),
            _encoding(connection),
            _writable(connection),
            *_extensions(connection),
            *_rights(connection),
        ]


def administrator_sql(findings: list[Finding]) -> list[str]:
    """The statements among the remedies, in order: run by a superuser, connected to the application's database."""
    return [finding.remedy for finding in findings if finding.fault and finding.remedy.endswith(";")]


def require_fit(url: str) -> None:
    """``NoBase`` where the base at ``url`` cannot serve, with the first reason."""
    faults = [finding for finding in check_database(url) if finding.fault]
    if faults:
        first = faults[0]
        raise NoBase(
            f"The base cannot serve yet ({first.subject}: {first.fault}): `script/tierslieux db check` prints what its"
            " administrator must run."
        )


def connected(url: str) -> psycopg.Connection:
    """A connection to ``url``, each statement at once; ``NoBase`` says why there is none."""
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as exc:
        raise NoBase(_no_connection(url, str(exc))) from exc


def _no_connection(url: str, said: str) -> str:
    parts = urlsplit(url)
    role, database = unquote(parts.username or ""), unquote(parts.path.lstrip("/"))
    if "does not exist" in said:
        return "The role or the database is missing. A superuser of that server runs:\n" + "\n".join(
            _creation(role, database)
        )
    if "password authentication failed" in said or "no password supplied" in said:
        return f"The database server refuses the password of {role}: correct TIERSLIEUX_DATABASE_URL."
    if "no pg_hba.conf entry" in said:
        return (
            f"The database server does not let {role} in from here: its administrator adds this machine to pg_hba.conf."
        )
    return (
        f"No database server answers at {parts.hostname or 'the socket'}: start it, or correct TIERSLIEUX_DATABASE_URL."
    )


def _creation(role: str, database: str) -> list[str]:
    names = {"role": sql.Identifier(role or "tierslieux"), "database": sql.Identifier(database or "tierslieux")}
    extensions = [sql.SQL("CREATE EXTENSION IF NOT EXISTS {};").format(sql.Identifier(name)) for name in EXTENSIONS]
    statements = [
        sql.SQL("CREATE ROLE {role} LOGIN PASSWORD 'choose one';").format(**names),
        sql.SQL("CREATE DATABASE {database} OWNER {role} ENCODING 'UTF8' TEMPLATE template0;").format(**names),
        sql.SQL("\\connect {database}").format(**names),
        *extensions,
    ]
    return [statement.as_string(None) for statement in statements]


def _version(connection: psycopg.Connection) -> Finding:
    number = connection.info.server_version
    said = f"PostgreSQL {number // 10000}.{number % 10000}"
    if number // 10000 >= MIN_POSTGRESQL:
        return Finding(said)
    return Finding(said, f"{MIN_POSTGRESQL} or newer is needed", "upgrade the server")


def _encoding(connection: psycopg.Connection) -> Finding:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding == "UTF8":
        return Finding("encoding UTF8")
    return Finding(f"encoding {encoding}", "UTF8 is needed", "make the database anew with ENCODING 'UTF8'")


def _writable(connection: psycopg.Connection) -> Finding:
    row = connection.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')").fetchone()
    if row == (False, "off"):
        return Finding("writable")
    return Finding(
        "read only", "this is a replica, or writing is switched off", "give the address of the primary server"
    )


def _extensions(connection: psycopg.Connection) -> list[Finding]:
    rows = connection.execute(_EXTENSIONS, (list(EXTENSIONS),)).fetchall()
    known = {row[0]: Extension(*row) for row in rows}
    return [_extension(name, known.get(name)) for name in EXTENSIONS]


def _extension(name: str, found: Extension | None) -> Finding:
    subject = f"extension {name}"
    if found is None:
        return Finding(subject, "its files are not on the server", f"install {_package(name)} on the server")
    version = found.installed or found.offered
    if name == "postgis" and tuple(int(part) for part in version.split(".")[:2]) < MIN_POSTGIS:
        return Finding(f"{subject} {version}", f"{_MINIMUM} or newer is needed", "upgrade PostGIS on the server")
    if found.installed or found.may_create:
        return Finding(f"{subject} {version}{'' if found.installed else ' (the migration creates it)'}")
    return Finding(subject, "not created, and this role may not", f"CREATE EXTENSION IF NOT EXISTS {name};")


def _package(name: str) -> str:
    return "PostGIS" if name == "postgis" else "PostgreSQL's contrib modules"


def _rights(connection: psycopg.Connection) -> list[Finding]:
    row = connection.execute(_RIGHTS).fetchone() or (False, False, False)
    role = sql.Identifier(connection.info.user)
    database = sql.Identifier(connection.info.dbname)
    grants = {
        "may create tables": sql.SQL("GRANT CREATE ON SCHEMA public TO {};").format(role),
        "may use the schema public": sql.SQL("GRANT USAGE ON SCHEMA public TO {};").format(role),
        "may make temporary tables": sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {};").format(database, role),
    }
    return [
        Finding(subject) if has else Finding(subject, "no", grant.as_string(None))
        for has, (subject, grant) in zip(row, grants.items(), strict=True)
    ]

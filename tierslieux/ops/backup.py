"""Dump and restore the base with PostgreSQL's own tools, in its custom format. What an extension owns is left to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from tierslieux.ops.binaries import installed, usual_places
from tierslieux.ops.trouble import NoBase, Trouble

# Drops all of ours in the schema, nothing that belongs to an extension (e) or to a column (i), in one transaction
# with what follows it.
# The statements are written before the first is run: a name cannot be asked for once CASCADE has taken its object.
_EMPTY = """
SET lock_timeout = '10s';
SET client_min_messages = warning;
DO $$
DECLARE statement text;
BEGIN
  FOREACH statement IN ARRAY (
    SELECT coalesce(array_agg(format('DROP %s IF EXISTS %s CASCADE', ours.word, ours.name)), '{}')
    FROM (
      SELECT 'pg_class'::regclass AS kind, c.oid, c.oid::regclass::text AS name,
          CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE'
            ELSE 'TABLE' END AS word
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      UNION ALL SELECT 'pg_proc'::regclass, p.oid, p.oid::regprocedure::text, 'ROUTINE'
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      UNION ALL SELECT 'pg_type'::regclass, t.oid, t.oid::regtype::text, 'TYPE'
        FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND (t.typtype IN ('e', 'd', 'r')
          OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    ) ours
    WHERE NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = ours.kind AND d.objid = ours.oid AND d.deptype IN ('e', 'i'))
  )
  LOOP
    EXECUTE statement;
  END LOOP;
END $$;
"""


# Entries of a dump that are in the base already and may be a superuser's.
_OF_OTHERS = (" EXTENSION ", " SCHEMA - public ", " public spatial_ref_sys ")


def back_up(url: str, file: Path) -> None:
    """Write the base at ``url`` to ``file`` (mode 0600: it holds personal data), whole or not at all."""
    part = file.with_name(file.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        dump = subprocess.run([_tool("pg_dump"), "-Fc", "-d", _without_password(url)], env=_env(url), stdout=out,
            stderr=subprocess.PIPE, check=False)  # fmt: skip
        os.fsync(out.fileno())
    if dump.returncode:
        part.unlink()
        raise Trouble(_failure("The backup was not written", dump.stderr.decode(errors="replace")))
    part.replace(file)


def restore(url: str, file: Path) -> None:
    """Replace what the base at ``url`` holds by what ``file`` does, in one transaction."""
    wanted = _contents(file)
    words = [_tool("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-d", _without_password(url)]
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listed:
        listed.write(wanted)
        listed.flush()
        with subprocess.Popen(words, env=_env(url), stdin=subprocess.PIPE, stderr=subprocess.PIPE) as psql:
            assert psql.stdin is not None  # noqa: S101 - a pipe was asked for
            with suppress(BrokenPipeError):  # psql stopped at an error, which it tells
                _feed(psql.stdin, file, Path(listed.name))
            said = psql.stderr.read() if psql.stderr else b""
    if psql.returncode:
        raise Trouble(_failure("Nothing was restored and the base is as it was", said.decode(errors="replace")))


def _feed(pipe: IO[bytes], file: Path, listed: Path) -> None:
    """Write the whole script; without the COMMIT at its end (the reading of ``file`` failed) nothing of it counts."""
    with pipe:
        pipe.write(f"BEGIN;\n{_EMPTY}".encode())
        pipe.flush()
        words = [_tool("pg_restore"), "--no-owner", "-L", str(listed), "-f", "-", str(file)]
        read = subprocess.run(words, stdout=pipe, stderr=subprocess.PIPE, check=False)
        if read.returncode:
            raise Trouble(
                _failure("Nothing was restored and the base is as it was", read.stderr.decode(errors="replace"))
            )
        pipe.write(b"\nCOMMIT;\n")


def _contents(file: Path) -> str:
    """The dump's table of contents, without what extensions brought."""
    if not file.exists():
        raise Trouble(f"There is no file {file}: give the path of a backup made by `tierslieux db backup`.")
    listed = subprocess.run([_tool("pg_restore"), "-l", str(file)], capture_output=True, text=True, check=False)
    if listed.returncode:
        raise Trouble(f"{file} is no backup made by `tierslieux db backup`, or it is cut short: nothing was changed.")
    lines = listed.stdout.splitlines(keepends=True)
    return "".join(line for line in lines if not any(part in line for part in _OF_OTHERS))


def _tool(name: str) -> str:
    """The newest of PostgreSQL's tools here: it reads older servers, an older one does not read newer ones."""
    found = [one.program(name) for one in installed(usual_places())]
    tool = next(iter(found), None) or shutil.which(name)
    if tool is None:
        raise NoBase(f"{name} is not installed: install PostgreSQL's client (`apt-get install postgresql-client`).")
    return tool


def _without_password(url: str) -> str:
    """The address for a command line, which everyone on the machine can read."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{quote(unquote(user.partition(':')[0]))}@{host}" if user else host))


def _env(url: str) -> dict[str, str]:
    password = urlsplit(url).password
    return {**os.environ, **({"PGPASSWORD": unquote(password)} if password else {})}


def _failure(what: str, said: str) -> str:
    reason = next(
        (line.strip() for line in said.splitlines() if "ERROR:" in line or "error:" in line), said.strip()[:300]
    )
    if "lock timeout" in said or "lock_not_available" in said:
        reason = "servers use the base: stop them first"
    return f"{what}: {reason}."

"""``script/check``: lint, format, types, import contracts, and migrations that make the tables the models describe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
from alembic.util import CommandError
from psycopg import sql

from tierslieux.ops.checkout import Checkout, this_checkout
from tierslieux.ops.console import say, step
from tierslieux.ops.migrations import Migrations
from tierslieux.ops.signals import Stopped, stopped_by_signals
from tierslieux.ops.testing import opened_test_server
from tierslieux.ops.trouble import Trouble


def run_checks(checkout: Checkout) -> list[str]:
    """Run every check, each to its end, their findings on stdout; the names of those that failed."""
    bin_dir = checkout.venv_python.parent
    typed = [name for name in ("tierslieux", "tests", "bench") if (checkout.root / name).is_dir()]
    checks = {
        "ruff check": [str(bin_dir / "ruff"), "check", "--quiet", "."],
        "ruff format": [str(bin_dir / "ruff"), "format", "--quiet", "--check", "."],
        "mypy": [str(checkout.venv_python), "-m", "mypy", *typed],
        "lint-imports": [str(bin_dir / "lint-imports"), "--no-cache"],
    }
    failed = [name for name, words in checks.items() if not _passes(name, words, checkout.root)]
    return failed if _migrations_pass(checkout) else [*failed, "alembic check"]


def _passes(name: str, words: list[str], folder: Path) -> bool:
    with step(f"Checked {name}"):
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, end="")
    return done.returncode == 0


def _migrations_pass(checkout: Checkout) -> bool:
    """Migrate a fresh database and compare it with the models."""
    with opened_test_server(checkout) as url, step("Checked alembic"), psycopg.connect(url, autocommit=True) as server:
        name = f"tl_check_{uuid4().hex[:12]}"
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            migrations = Migrations(checkout.root, _beside(url, name))
            migrations.upgrade()
            migrations.check()
        except CommandError as exc:
            print(exc)
            return False
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    return True


def _beside(url: str, database: str) -> str:
    """The SQLAlchemy address of another database on the server of ``url``."""
    head, mark, query = url.partition("?")
    return f"postgresql+psycopg{head[head.index('://') :].rsplit('/', 1)[0]}/{database}{mark}{query}"


def main() -> None:
    """Check; exit 1 where anything was found."""
    try:
        with stopped_by_signals():
            failed = run_checks(this_checkout())
    except Stopped:
        sys.exit(130)
    except Trouble as trouble:
        say(str(trouble))
        sys.exit(trouble.exit_code)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

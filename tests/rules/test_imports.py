"""The direction of imports, checked by import-linter (contracts in pyproject.toml)."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from typing import Any

from tests.rules.source import CHECKOUT, PACKAGE

EDGE = {"shared", "web", "cli", "ops", "locale"}
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def contracts() -> dict[str, dict[str, Any]]:
    config = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract for contract in config["tool"]["importlinter"]["contracts"]}


def slices() -> set[str]:
    return {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()} - EDGE


def test_a_module_imports_only_what_stands_below_it() -> None:
    done = subprocess.run([sys.executable, "-c", LINT], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_slice_is_under_the_contracts() -> None:
    found = contracts()
    assert {f"tierslieux.{name}" for name in slices()} == set(found["slice"]["containers"])
    below_the_roots = {f"tierslieux.{name}" for name in slices() | {"web", "shared"}}
    assert set(found["settings"]["source_modules"]) == below_the_roots

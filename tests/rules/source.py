"""What the rules look at: the tracked files, and the modules, functions and templates among them."""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "tierslieux"


def tracked_files() -> list[Path]:
    """The files that git knows, also the new ones not yet committed; skips the test where this is no git checkout."""
    if shutil.which("git") is None or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout: which files are tracked cannot be known")
    command = [
        "git", "-c", "safe.directory=*", "-C", str(CHECKOUT), "ls-files", "-z", "--cached", "--others",
        "--exclude-standard",
    ]  # fmt: skip
    names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
    return [CHECKOUT / name for name in names if name and (CHECKOUT / name).is_file()]


def import_models() -> None:
    """Register the tables of every slice, also of one that the migrations do not know yet."""
    for path in sorted(PACKAGE.rglob("*models.py")):
        importlib.import_module(".".join(path.relative_to(CHECKOUT).with_suffix("").parts))


def text_of(path: Path) -> str | None:
    """The file's text, or ``None`` where it holds none."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def modules() -> list[Path]:
    """The package's modules."""
    return sorted(PACKAGE.rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, the nested ones too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def templates() -> list[Path]:
    """The pages, partials and mails."""
    return sorted((CHECKOUT / "templates").rglob("*.html"))


def name_of(path: Path) -> str:
    """The path from the checkout's root, with slashes."""
    return path.relative_to(CHECKOUT).as_posix()

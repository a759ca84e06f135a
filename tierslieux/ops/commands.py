"""Other programs: run with their output in a log file; their failure becomes one sentence."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tierslieux.ops.console import OURS
from tierslieux.ops.trouble import Trouble, diagnose


def run_logged(
    words: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    accepted: Sequence[int] = (0,),
) -> None:
    """Run ``words``; ``Trouble`` with the remedy, and the log's place, where they end with a code not ``accepted``."""
    with log.open("ab") as out:
        start = out.tell()
        out.write(f"$ {' '.join(map(str, words))}\n".encode())
        out.flush()
        code = subprocess.run(
            words,
            stdin=None if os.isatty(0) else subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=env,
            cwd=cwd,
            check=False,
        ).returncode
    if code not in accepted:
        raise Trouble(f"{_reason(log, start, words)} (The full log: {log})")


def _reason(log: Path, start: int, words: Sequence[str | Path]) -> str:
    with log.open("rb") as text:
        text.seek(start)
        output = text.read().decode(errors="replace")
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "")
    if last.startswith(OURS):
        return last.removeprefix(OURS)
    return diagnose(output) or f"`{Path(words[0]).name}` failed: {last[:300]} Mend that, then start again."

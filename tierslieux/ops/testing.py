"""``script/test``: pytest against a throwaway PostGIS cluster, or the server of ``TIERSLIEUX_TEST_DATABASE_URL``.

Two workers, because the machines that run this have two cores; ``-n 0`` among the arguments turns that off.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tierslieux.ops.base import test_leases
from tierslieux.ops.checkout import Checkout, this_checkout
from tierslieux.ops.console import say
from tierslieux.ops.packages import browser
from tierslieux.ops.signals import Stopped, stopped_by_signals
from tierslieux.ops.trouble import Trouble

_ALL = "--all"
_ENDURANCE = "--endurance"
_INTERRUPTED = 130


@contextmanager
def opened_test_server(checkout: Checkout) -> Iterator[str]:
    """The address, as superuser, of a server for tests that answers during this block."""
    given = os.environ.get("TIERSLIEUX_TEST_DATABASE_URL")
    if given:
        yield given
        return
    leases = test_leases(checkout)
    with leases.held():
        yield leases.cluster.url("postgres")


def run_tests(checkout: Checkout, arguments: list[str]) -> int:
    """Run pytest with ``arguments`` (``--all``: those marked long too; ``--endurance``: every test); its exit code."""
    skipped = "not endurance" if _ALL in arguments else "not long and not endurance"
    selected = [] if _ENDURANCE in arguments else ["-m", skipped]
    given = [word for word in arguments if word not in {_ALL, _ENDURANCE}]
    words = [sys.executable, "-m", "pytest", "-n", "2", *selected, *given]
    with opened_test_server(checkout) as url:
        env = {**os.environ, "TIERSLIEUX_TEST_DATABASE_URL": url}
        if found := browser():
            env["TIERSLIEUX_TEST_BROWSER"] = found
        return _run(subprocess.Popen(words, cwd=checkout.root, env=env))


def _run(pytest: subprocess.Popen[bytes]) -> int:
    """Wait for pytest; asked to stop, let it end in order (Ctrl-C has reached it too, other signals have not)."""
    try:
        return pytest.wait()
    except Stopped as stopped:
        if stopped.number != signal.SIGINT:
            pytest.send_signal(signal.SIGINT)
        return pytest.wait(60)
    finally:
        pytest.kill()


def main() -> None:
    """Run the tests; exit as pytest does, or with 5 or 6 and one sentence where they could not be run."""
    try:
        with stopped_by_signals():
            sys.exit(run_tests(this_checkout(), sys.argv[1:]))
    except Stopped:
        sys.exit(_INTERRUPTED)
    except Trouble as trouble:
        say(str(trouble))
        sys.exit(trouble.exit_code)


if __name__ == "__main__":
    main()

"""Install what a script needs and this machine lacks: ``python -m tierslieux.ops.prepare server|test|all|tools``.

Standard library only. System packages and libraries are fetched at the same time: most of either is waiting.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from tierslieux.ops import environment, libraries, packages
from tierslieux.ops.checkout import Checkout, this_checkout
from tierslieux.ops.console import say
from tierslieux.ops.libraries import SITE, WITH_TEST_TOOLS, Selection
from tierslieux.ops.locks import exclusive
from tierslieux.ops.packages import ATOMIC, BROWSER, JAVA, POSTGIS, Need
from tierslieux.ops.trouble import Trouble, trouble_of


@dataclass(frozen=True)
class Purpose:
    """What one script needs: things of the machine, a Python lock, a part of npm's lock."""

    needs: tuple[Need, ...]
    lock: str
    selection: Selection


PURPOSES = {
    "server": Purpose((POSTGIS,), environment.SERVER_LOCK, SITE),
    "tools": Purpose((POSTGIS,), environment.TEST_LOCK, SITE),
    "test": Purpose((POSTGIS, BROWSER, ATOMIC), environment.TEST_LOCK, WITH_TEST_TOOLS),
    "all": Purpose((POSTGIS, BROWSER, ATOMIC, JAVA), environment.TEST_LOCK, WITH_TEST_TOOLS),
}


# Where an address is given, that server is used: no PostgreSQL is installed here.
_TEST_ADDRESS = "TIERSLIEUX_TEST_DATABASE_URL"
_ADDRESSES = {"server": "TIERSLIEUX_DATABASE_URL", "tools": _TEST_ADDRESS, "test": _TEST_ADDRESS, "all": _TEST_ADDRESS}


def purpose_of(name: str, env: Mapping[str, str]) -> Purpose:
    """What the script of that name needs in this environment."""
    purpose = PURPOSES[name]
    if name in _ADDRESSES and env.get(_ADDRESSES[name]):
        return replace(purpose, needs=tuple(need for need in purpose.needs if need is not POSTGIS))
    return purpose


def prepare(checkout: Checkout, purpose: Purpose) -> None:
    """Install what misses for ``purpose``: nothing, and quickly, where nothing does. ``Trouble`` where that fails."""
    with exclusive(checkout.state_dir / "prepare.lock"), ThreadPoolExecutor(2) as pool:
        waited = [pool.submit(_system, checkout, purpose), pool.submit(_libraries, checkout, purpose)]
        _raise_first(waited)


def _system(checkout: Checkout, purpose: Purpose) -> None:
    needs = packages.missing(purpose.needs)
    if needs:
        say(f"installing {', '.join(need.title for need in needs)}")
        packages.install(needs, checkout.log_path("packages"))


def _libraries(checkout: Checkout, purpose: Purpose) -> None:
    if not environment.is_installed(checkout, purpose.lock):
        say("installing the Python libraries")
        environment.install(checkout, purpose.lock)
    if not libraries.are_installed(checkout, purpose.selection):
        libraries.install(checkout, purpose.selection)


def _raise_first(waited: list[Future[None]]) -> None:
    for future in waited:
        future.result()


def main() -> None:
    """Prepare for the purpose named on the command line; exit 6 with one sentence where that fails."""
    try:
        prepare(this_checkout(), purpose_of(sys.argv[1], os.environ))
    except Trouble as trouble:
        say(str(trouble))
        sys.exit(trouble.exit_code)
    except OSError as exc:
        trouble_or_none = trouble_of(exc)
        if trouble_or_none is None:
            raise
        say(str(trouble_or_none))
        sys.exit(trouble_or_none.exit_code)
    except KeyboardInterrupt:
        say("stopped; the next start goes on from here")
        sys.exit(130)


if __name__ == "__main__":
    main()

"""``tierslieux serve``: the base, its schema, its data, then the web server; all of it ends together."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tierslieux.ops import first_start, front_end, ports
from tierslieux.ops.base import opened_base, settings_of
from tierslieux.ops.checkout import Checkout
from tierslieux.ops.console import say
from tierslieux.ops.database_check import require_fit
from tierslieux.ops.locks import exclusive
from tierslieux.ops.migrations import Migrations
from tierslieux.ops.signals import Stopped, stopped_by_signals
from tierslieux.ops.trouble import Trouble
from tierslieux.settings import Settings

_READY_TIMEOUT = 60


def serve(checkout: Checkout) -> None:
    """Serve until a signal asks to stop (then return), or raise ``Trouble`` where the service cannot run."""
    try:
        with stopped_by_signals():
            _serve(checkout)
    except Stopped:
        say("stopped")


def _serve(checkout: Checkout) -> None:
    """Prepare the base while the web server's processes load the code: either takes a second or two."""
    planned = settings_of(checkout)
    ports.check_free(planned.listen, planned.port)
    with ExitStack() as closed:
        gate = Path(closed.enter_context(tempfile.NamedTemporaryFile(prefix="tierslieux-")).name)
        closed.enter_context(exclusive(gate))
        with _web_server(planned, gate) as web, opened_base(checkout) as settings, _ended(web):
            _make_ready(checkout, settings)
            closed.close()
            _wait_until_it_answers(web, settings)
            say(f"open {settings.public_url} (Ctrl-C stops it)")
            web.wait()
        raise Trouble(
            "The web server ended by itself: its last words stand above. Nothing stored was lost; start again."
        )


def _make_ready(checkout: Checkout, settings: Settings) -> None:
    env = environment(settings)
    require_fit(settings.database_url)
    Migrations(checkout.root, settings.sqlalchemy_url).upgrade()
    front_end.build(checkout, env)
    first_start.load_once(settings, checkout, env)


@contextmanager
def _web_server(settings: Settings, gate: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The web server, whose workers load the code and then wait for ``gate``.

    It has a session of its own, so that Ctrl-C reaches us alone and we end it in order.
    """
    words = [sys.executable, "-P", "-m", "tierslieux.ops.web"]
    env = environment(settings) | {"TIERSLIEUX_GATE": str(gate)}
    process = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
    with _ended(process):
        yield process


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End ``process`` after this block, gently, then by force."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment(settings: Settings) -> dict[str, str]:
    """What a program of ours must be started with to find ``settings`` again."""
    return {
        **os.environ,
        "TIERSLIEUX_DATABASE_URL": settings.database_url,
        "TIERSLIEUX_SECRET": settings.secret.decode(),
        "TIERSLIEUX_STATE_DIR": str(settings.state_dir),
        "TIERSLIEUX_LISTEN": settings.listen,
        "PORT": str(settings.port),
        "WORKERS": str(settings.workers),
    }


def _wait_until_it_answers(web: subprocess.Popen[bytes], settings: Settings) -> None:
    deadline = time.monotonic() + _READY_TIMEOUT
    while time.monotonic() < deadline and web.poll() is None:
        try:
            connection = http.client.HTTPConnection(settings.listen, settings.port, timeout=_READY_TIMEOUT)
            connection.request("GET", "/health/ready")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return

"""The same load while server processes are killed and the base is stopped every few seconds.

Every answered 201 is there, once; no job and no mail is lost. A mail may come twice where the crash fell between the
mail server's acceptance and its record, and then with the same Message-ID.
"""

from __future__ import annotations

import asyncio
import select
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.booking.races.field import Base, Field, make_field, seconds
from tests.booking.races.load import Load
from tests.booking.races.processes import free_port, server_processes
from tests.booking.races.saboteur import Mailbox, Saboteur, mail_server
from tests.booking.races.verdicts import assert_kept_its_word
from tests.conftest import migrate
from tierslieux.ops.cluster import SERVING, Cluster

EXPECTED = {0, 200, 201, 404, 409, 410, 422}
"""0: a move whose answer was lost."""
PATIENCE = 300
"""Seconds for what is left to do: jobs of killed processes are given back after a minute and a half at the latest."""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A durable cluster of this test's own."""
    home = Path(tempfile.mkdtemp(prefix="tl-"))
    home.chmod(0o755)
    made = Cluster(home / "cluster", SERVING)
    made.create()
    made.start()
    yield made
    if made.is_running():
        made.stop()
    shutil.rmtree(home)


@pytest.fixture
def url(cluster: Cluster) -> str:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE races")
    migrate(cluster.url("races"))
    return cluster.url("races")


def run(url: str, cluster: Cluster, count: int, clients: int) -> tuple[Load, Mailbox, Counter[str]]:
    port = free_port()
    with psycopg.connect(url, autocommit=True) as base:
        ground = make_field(base, url, 10)
    smtp = f"smtp://127.0.0.1:{port}"
    with mail_server(port) as mailbox, server_processes(url, TIERSLIEUX_SMTP_URL=smtp) as servers:
        load = Load(ground, [server.address for server in servers], count, seed=20270324, lossy=True)
        saboteur = Saboteur(servers, cluster)
        asyncio.run(under_attack(load, saboteur, clients))
        ground.base = psycopg.connect(url, autocommit=True)
        wait_until_all_is_done(ground)
    return load, mailbox, saboteur.done


async def under_attack(load: Load, saboteur: Saboteur, clients: int) -> None:
    attack = asyncio.create_task(saboteur.work())
    await load.run(clients)
    saboteur.over.set()
    await attack


_LEFT = "SELECT task_name, status::text, count(*) FROM procrastinate_jobs WHERE task_name = ANY(%s) GROUP BY 1, 2"
TOLD = ["follow_up", "send_mail"]


def wait_until_all_is_done(field: Field) -> None:
    """Until no job that tells anyone anything is left, however it stands; what waits for its next try is due now."""
    deadline = seconds() + PATIENCE
    while left := field.base.execute(_LEFT, (TOLD,)).fetchall():
        assert seconds() < deadline, left
        assert "failed" not in {status for _, status, _ in left}, left
        field.base.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND task_name = ANY(%s)", (TOLD,)
        )
        select.select([], [], [], 0.5)


def untold(base: Base) -> list[tuple[object, ...]]:
    """Bookings that were made, whose guest has an address, and of which no mail was stored or sent."""
    return base.execute(
        """SELECT b.booking_id, e.becomes, m.sent_at FROM booking_event e
        JOIN booking b ON b.place_id = e.place_id AND b.booking_id = e.booking_id
        JOIN account a ON a.account_id = b.guest_id AND a.email IS NOT NULL
        LEFT JOIN mail m ON m.place_id = e.place_id AND m.recipient_id = b.guest_id
          AND m.cause = 'booking ' || replace(b.booking_id::text, '-', '') || ' ' || e.seq
        WHERE e.becomes IN ('confirmed', 'pending') AND e.was IS DISTINCT FROM 'checked_in'
          AND e.was IS DISTINCT FROM e.becomes AND m.sent_at IS NULL"""
    ).fetchall()


def assert_mailed_once(base: Base, mailbox: Mailbox) -> None:
    stored = {row[0] for row in base.execute("SELECT message_id FROM mail")}
    received = Counter(message_id.strip("<>").split("@")[0] for message_id, _ in mailbox.received)
    assert base.execute("SELECT count(*) FROM mail WHERE sent_at IS NULL").fetchall() == [(0,)]
    assert set(received) == stored
    print(f"{len(stored)} mails, {sum(received.values()) - len(stored)} of them twice")
    assert untold(base) == []


def assert_survived(url: str, cluster: Cluster, count: int, clients: int) -> None:
    load, mailbox, blows = run(url, cluster, count, clients)
    print(blows, f"{sum(load.lost.values())} answers lost")
    assert_kept_its_word(load, EXPECTED)
    assert_mailed_once(load.ground.base, mailbox)
    load.ground.base.close()
    assert blows["process"]
    assert blows["base"]


@pytest.mark.long
def test_some_load_under_kills_and_restarts_loses_no_booking_no_job_and_no_mail(url: str, cluster: Cluster) -> None:
    assert_survived(url, cluster, 1_500, 16)


@pytest.mark.endurance
def test_a_load_under_kills_and_restarts_loses_no_booking_no_job_and_no_mail(url: str, cluster: Cluster) -> None:
    assert_survived(url, cluster, 20_000, 16)

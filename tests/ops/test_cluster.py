"""The private cluster, with PostgreSQL's real programs and real kills."""

from __future__ import annotations

import dataclasses
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tierslieux.ops import postmaster
from tierslieux.ops.binaries import Binaries
from tierslieux.ops.cluster import SERVING, THROWAWAY, Cluster
from tierslieux.ops.leases import Leases
from tierslieux.ops.sockets import MAX_SOCKET_PATH
from tierslieux.ops.trouble import NoBase


def ask(cluster: Cluster, statement: str) -> object:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def kill_server(cluster: Cluster) -> int:
    """Kill the server process and wait until it is gone; its number."""
    pid = postmaster.running_pid(cluster.data_dir)
    assert pid is not None
    descriptor = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    select.select([descriptor], [], [], 10)
    os.close(descriptor)
    return pid


def test_a_cluster_answers_on_its_socket_alone_and_is_never_root(leases: Leases) -> None:
    with leases.held():
        assert ask(leases.cluster, "SHOW listen_addresses") == ""
        pid = postmaster.running_pid(leases.cluster.data_dir)
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert leases.cluster.socket_dir.stat().st_mode & 0o077 == 0
        assert leases.cluster.data_dir.stat().st_mode & 0o077 == 0
    assert not leases.cluster.is_running()


def test_what_was_stored_is_there_at_the_next_start(leases: Leases) -> None:
    with leases.held():
        ask(leases.cluster, "CREATE TABLE kept AS SELECT 7 AS number")
    with leases.held():
        assert ask(leases.cluster, "SELECT number FROM kept") == 7


def test_the_last_user_stops_the_cluster_and_no_one_before(leases: Leases) -> None:
    with leases.held():
        with leases.held():
            assert ask(leases.cluster, "SELECT 1") == 1
        assert ask(leases.cluster, "SELECT 2") == 2
    assert not leases.cluster.is_running()


def test_a_killed_user_is_not_counted_any_more(leases: Leases) -> None:
    words = [sys.executable, "-c", HOLDER, str(leases.cluster.home)]
    holder = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert leases.is_used()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert not leases.is_used()
    assert leases.cluster.is_running()
    with leases.held():
        assert ask(leases.cluster, "SELECT 1") == 1
    assert not leases.cluster.is_running()


HOLDER = """
import sys
from pathlib import Path
from tierslieux.ops.binaries import Binaries
from tierslieux.ops.cluster import SERVING, Cluster
from tierslieux.ops.leases import Leases
with Leases(Cluster(Path(sys.argv[1]), SERVING)).held():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_many_that_start_and_stop_at_once_always_find_it_running(leases: Leases) -> None:
    with leases.held():
        pass
    crowd = [subprocess.Popen([sys.executable, "-c", VISITOR, leases.cluster.home]) for _ in range(4)]
    assert [visitor.wait() for visitor in crowd] == [0] * 4
    assert not leases.cluster.is_running()


VISITOR = """
import sys
from pathlib import Path
import psycopg
from tierslieux.ops.binaries import Binaries
from tierslieux.ops.cluster import SERVING, Cluster
from tierslieux.ops.leases import Leases
leases = Leases(Cluster(Path(sys.argv[1]), SERVING))
for _ in range(3):
    with leases.held(), psycopg.connect(leases.cluster.url("postgres")) as connection:
        connection.execute("SELECT 1")
"""


def test_a_killed_server_starts_again_with_what_was_committed(leases: Leases) -> None:
    with leases.held():
        ask(leases.cluster, "CREATE TABLE kept AS SELECT 7 AS number")
        kill_server(leases.cluster)
        assert not leases.cluster.is_running()
    with leases.held():
        assert ask(leases.cluster, "SELECT number FROM kept") == 7


def test_a_process_number_that_now_belongs_to_another_program_is_no_obstacle(leases: Leases) -> None:
    with leases.held():
        kill_server(leases.cluster)
    noted = leases.cluster.data_dir / "postmaster.pid"
    lines = noted.read_text().splitlines(keepends=True)
    noted.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))
    (leases.cluster.socket_dir / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    assert not leases.cluster.is_running()
    with leases.held():
        assert ask(leases.cluster, "SELECT 1") == 1


def test_a_making_that_was_cut_short_is_begun_anew(leases: Leases) -> None:
    unfinished = leases.cluster.home / "data.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("15\n")
    with leases.held():
        assert ask(leases.cluster, "SELECT 1") == 1


def test_a_cluster_under_a_very_long_path_has_its_socket_elsewhere(open_dir: Path) -> None:
    deep = open_dir / ("d" * 100) / "cluster"
    leases = Leases(Cluster(deep, THROWAWAY))
    deep.parent.mkdir()
    with leases.held():
        assert ask(leases.cluster, "SELECT 1") == 1
        assert len(os.fsencode(leases.cluster.socket_dir / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH
    leases.cluster.socket_dir.rmdir()


def test_two_checkouts_do_not_meet(open_dir: Path) -> None:
    one, other = (Leases(Cluster(open_dir / name / "cluster", THROWAWAY)) for name in ("one", "other"))
    for leases in (one, other):
        leases.cluster.home.parent.mkdir()
    with one.held():
        ask(one.cluster, "CREATE TABLE mine (number integer)")
        with other.held():
            assert ask(other.cluster, "SELECT to_regclass('mine')") is None
        assert ask(one.cluster, "SELECT count(*) FROM mine") == 0


def test_a_throwaway_cluster_leaves_nothing_behind_and_takes_nothing_over(open_dir: Path) -> None:
    leases = Leases(Cluster(open_dir / "cluster", THROWAWAY))
    with leases.held():
        ask(leases.cluster, "CREATE TABLE old (number integer)")
        kill_server(leases.cluster)
    assert leases.cluster.home.exists()
    with leases.held():
        assert ask(leases.cluster, "SELECT to_regclass('old')") is None
    assert not leases.cluster.home.exists()


def test_a_base_that_is_kept_running_outlives_its_users_until_it_is_stopped(leases: Leases) -> None:
    leases.start()
    with leases.held(), pytest.raises(NoBase, match="in use"):
        leases.stop()
    leases.start()
    with leases.held():
        pass
    assert leases.cluster.is_running()
    leases.stop()
    assert not leases.cluster.is_running()


def test_a_server_of_other_programs_than_the_installed_ones_is_started_anew(leases: Leases) -> None:
    """After a package upgrade new connections of the old server fail to load libraries."""
    with leases.held():
        before = postmaster.running_pid(leases.cluster.data_dir)
        stale = Leases(Upgraded(leases.cluster.home, SERVING))
        with stale.held():
            assert postmaster.running_pid(leases.cluster.data_dir) != before
            assert ask(leases.cluster, "SELECT 1") == 1


class Upgraded(Cluster):
    """The same cluster, on a machine whose packages say another version."""

    def binaries(self) -> Binaries:
        return dataclasses.replace(super().binaries(), version="15.999")


def test_data_of_a_version_that_is_gone_names_the_package_that_reads_it(leases: Leases) -> None:
    with leases.held():
        pass
    (leases.cluster.data_dir / "PG_VERSION").write_text("13\n")
    with pytest.raises(NoBase, match="postgresql-13-postgis-3"), leases.held():
        pass

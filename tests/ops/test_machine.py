"""Ports, rights, disks, packages, locks: one sentence each, and nothing done twice."""

from __future__ import annotations

import errno
import http.server
import os
import socket
import threading
from pathlib import Path

import pytest

from tierslieux.ops import environment, libraries, packages, ports
from tierslieux.ops.checkout import Checkout, is_open_to_all, short_name, this_checkout
from tierslieux.ops.commands import run_logged
from tierslieux.ops.open_data import fetch_files
from tierslieux.ops.prepare import PURPOSES, purpose_of
from tierslieux.ops.trouble import Trouble, diagnose, trouble_of

ROOT = Path(__file__).resolve().parents[2]


def test_a_port_in_use_is_named_with_another_to_take() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} is in use.*PORT={port + 1} script/server"):
            ports.check_free("127.0.0.1", port)
    ports.check_free("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Trouble, match=r"192\.0\.2\.1 is no address of this machine"):
        ports.check_free("192.0.2.1", 8000)


def test_a_full_disk_is_one_sentence() -> None:
    with pytest.raises(OSError, match="space") as full:
        Path("/dev/full").write_text("x")
    trouble = trouble_of(full.value)
    assert trouble is not None
    assert str(trouble).startswith("The disk is full: free some space")
    assert diagnose("initdb: error: could not write: No space left on device") == str(trouble)


def test_a_missing_right_names_the_file_and_the_remedy() -> None:
    trouble = trouble_of(PermissionError(errno.EACCES, "Permission denied", ".venv"))
    assert "No right to write .venv" in str(trouble)
    assert "chown" in str(trouble)


def test_other_system_errors_are_not_dressed_up() -> None:
    assert trouble_of(FileNotFoundError(errno.ENOENT, "gone", "x")) is None


def test_a_failing_program_is_told_by_its_last_line_and_its_log(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    with pytest.raises(Trouble, match=r"`sh` failed: it broke .*step\.log"):
        run_logged(["sh", "-c", "echo begun; echo it broke >&2; exit 3"], log)
    assert "begun" in log.read_text()


def test_what_stood_in_the_log_before_does_not_explain_a_new_failure(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    log.write_text("No space left on device\n")
    with pytest.raises(Trouble, match="failed: other"):
        run_logged(["sh", "-c", "echo other; exit 1"], log)


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("dnf", "Run `sudo dnf install postgresql-server postgresql-contrib postgis chromium`"),
        ("nothing", "run `docker compose up` instead"),
    ],
)
def test_without_apt_the_exact_command_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manager: str, command: str
) -> None:
    (tmp_path / manager).write_text("#!/bin/sh\n")
    (tmp_path / manager).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble) as refused:
        packages.install([packages.POSTGIS, packages.BROWSER], tmp_path / "log")
    assert "PostgreSQL and PostGIS, Chromium" in str(refused.value)
    assert command in str(refused.value)


def test_an_existing_server_needs_no_postgresql_here() -> None:
    assert packages.POSTGIS in purpose_of("server", {}).needs
    assert packages.POSTGIS not in purpose_of("server", {"TIERSLIEUX_DATABASE_URL": "postgresql://db/tl"}).needs


def test_the_server_installs_nothing_that_only_tests_need() -> None:
    server = PURPOSES["server"]
    assert (server.needs, server.lock, server.selection) == ((packages.POSTGIS,), "requirements.txt", libraries.SITE)
    assert "pytest==" not in (ROOT / "requirements.txt").read_text()


def pins(lock: str) -> set[str]:
    return {line.split(" ")[0] for line in (ROOT / lock).read_text().splitlines() if "==" in line.split(" ")[0]}


def test_the_lock_of_the_tests_holds_every_pin_of_the_servers() -> None:
    assert pins("requirements.txt") <= pins("requirements-test.txt")


def test_an_environment_is_current_until_its_lock_or_its_interpreter_changes(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, tmp_path / "state")
    (tmp_path / "requirements.txt").write_text("one==1 --hash=sha256:0\n")
    assert not environment.is_installed(checkout, "requirements.txt")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "python3.77").touch()
    (tmp_path / ".venv" / "bin" / "python").symlink_to(tmp_path / "python3.77")
    (tmp_path / ".venv" / "lib" / "python3.77").mkdir(parents=True)
    (tmp_path / ".venv" / "installed-requirements.txt").write_text("one==1 --hash=sha256:0\n")
    assert environment.is_installed(checkout, "requirements.txt")
    (tmp_path / "requirements.txt").write_text("one==2 --hash=sha256:0\n")
    assert not environment.is_installed(checkout, "requirements.txt")
    (tmp_path / "requirements.txt").write_text("one==1 --hash=sha256:0\n")
    (tmp_path / ".venv" / "lib" / "python3.77").rename(tmp_path / ".venv" / "lib" / "python3.76")
    assert not environment.is_installed(checkout, "requirements.txt")


def test_two_checkouts_of_the_same_name_have_different_state_names(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "project", tmp_path / "b" / "project"
    assert short_name(one) != short_name(other)
    assert short_name(one).startswith("project-")


def test_a_folder_in_a_closed_home_is_not_open_to_all(open_dir: Path) -> None:
    home = open_dir / "home"
    (home / "project").mkdir(parents=True)
    assert is_open_to_all(home / "project")
    home.chmod(0o700)
    assert not is_open_to_all(home / "project")


def test_the_state_lies_in_the_checkout_where_its_cluster_can_reach_it(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIERSLIEUX_STATE_DIR", raising=False)
    assert this_checkout(open_dir).state_dir == open_dir / ".tierslieux"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's cluster runs as another user")
def test_the_state_of_a_checkout_in_roots_home_lies_outside_it(open_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIERSLIEUX_STATE_DIR", raising=False)
    root = open_dir / "project"
    root.mkdir()
    open_dir.chmod(0o700)
    state_dir = this_checkout(root).state_dir
    assert state_dir == Path("/var/lib/tierslieux") / short_name(root)
    state_dir.rmdir()


@pytest.fixture
def files_server(tmp_path: Path) -> str:
    """The address of a server of the folder ``served``."""
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "communes.csv").write_text("code_insee\n29232\n")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(tmp_path / "served"))  # type: ignore[arg-type]

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def test_open_data_is_fetched_once_under_its_own_names(tmp_path: Path, files_server: str) -> None:
    folder = fetch_files([f"{files_server}/communes.csv"], tmp_path / "fetched")
    assert (folder / "communes.csv").read_text() == "code_insee\n29232\n"
    (tmp_path / "served" / "communes.csv").write_text("changed")
    fetch_files([f"{files_server}/communes.csv"], folder)
    assert (folder / "communes.csv").read_text() == "code_insee\n29232\n"


@pytest.mark.parametrize("path", ["/absent.csv", "/"])
def test_open_data_that_cannot_be_had_is_named_with_the_way_out(tmp_path: Path, files_server: str, path: str) -> None:
    with pytest.raises(Trouble, match="TIERSLIEUX_OPEN_DATA_URLS"):
        fetch_files([f"{files_server}{path}"], tmp_path / "fetched")
    assert list((tmp_path / "fetched").iterdir()) == []

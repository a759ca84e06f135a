"""Real clusters of the machine's PostgreSQL in folders that its own user can reach."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tierslieux.ops.cluster import SERVING, Cluster
from tierslieux.ops.leases import Leases


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A folder that any user may walk to (pytest's own are closed, and root's cluster is another user's)."""
    path = Path(tempfile.mkdtemp(prefix="tl-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def leases(open_dir: Path) -> Iterator[Leases]:
    """A durable private cluster that was not made yet; stopped at the end, however the test left it."""
    made = Leases(Cluster(open_dir / "cluster", SERVING))
    yield made
    if made.cluster.is_running():
        made.cluster.stop()

"""Time is given by a Clock."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.rules.source import CHECKOUT, modules, name_of
from tierslieux.shared.time import FixedClock, TimeRange

READS_THE_CLOCK = re.compile(
    r"datetime\.now\(|utcnow\(|date\.today\(|time\.time\(|time_ns\(|\bnow\(\)::|CURRENT_(?:DATE|TIME|TIMESTAMP)\b"
    r"|func\.now|(?<![.\w])now\(\)(?!\s*->)"
)


def test_only_one_module_reads_the_clock_of_the_machine() -> None:
    allowed = CHECKOUT / "tierslieux" / "shared" / "time.py"
    found = [
        f"{name_of(path)}:{number} {line.strip()}"
        for path in modules()
        if path != allowed
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if READS_THE_CLOCK.search(line) and "def now(" not in line
    ]
    assert found == []


def test_a_range_without_a_zone_does_not_exist() -> None:
    naive = FixedClock(datetime(2027, 1, 1)).now()  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="aware"):
        TimeRange(naive, naive)

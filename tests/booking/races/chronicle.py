"""All that ever was in the table of taken seats, in the order of commits, written by the database itself.

The triggers are deferred: they fire at COMMIT, still within the resource's lock, so that for one resource the numbers
of the lines are in the order of the commits, and the time of a line is that of the commit. They stand in the tests'
database only.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from tests.booking.races.oracle import Span, Stay

Base = psycopg.Connection[Any]
Key = tuple[int, int]
"""A place and a resource in it."""

_TRIGGERS = """
CREATE TABLE chronicle (n bigserial PRIMARY KEY, txid bigint NOT NULL, at timestamptz NOT NULL, what text NOT NULL,
  was jsonb, becomes jsonb);
CREATE FUNCTION note_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chronicle (txid, at, what, was, becomes) VALUES (txid_current(), clock_timestamp(), TG_TABLE_NAME,
    CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) || CASE TG_TABLE_NAME WHEN 'occupied_seat' THEN
      jsonb_build_object('f', extract(epoch FROM lower(OLD.busy)), 't', extract(epoch FROM upper(OLD.busy)))
      ELSE '{}' END END,
    CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) || CASE TG_TABLE_NAME WHEN 'occupied_seat' THEN
      jsonb_build_object('f', extract(epoch FROM lower(NEW.busy)), 't', extract(epoch FROM upper(NEW.busy)))
      ELSE '{}' END END);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_seat AFTER INSERT OR UPDATE OR DELETE ON occupied_seat
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_line();
CREATE TABLE job_chronicle (job_id bigint PRIMARY KEY, task_name text NOT NULL, args jsonb NOT NULL);
CREATE FUNCTION note_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_chronicle VALUES (NEW.id, NEW.task_name, NEW.args);
  RETURN NULL;
END $$;
CREATE TRIGGER note_job AFTER INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION note_job();
"""


def keep_chronicle(base: Base) -> None:
    """From now on everything is written down."""
    base.execute(_TRIGGERS)


@dataclass(frozen=True)
class Moment:
    """The taken seats of one resource from ``since`` (seconds since 1970) until the next moment."""

    since: float
    rows: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def stays(self, now: float, turnaround: float, fixed: frozenset[int], without: str | None) -> tuple[Stay, ...]:
        """Who sits where, but for what has lapsed at ``now`` and the booking ``without``."""
        return tuple(
            Stay(row["seat_id"], Span(row["f"], row["t"]), Span(row["f"], row["t"] - turnaround), is_fixed(row, fixed))
            for (booking_id, _), row in self.rows.items()
            if booking_id != without and (ends_at(row) is None or ends_at(row) > now)  # type: ignore[operator]
        )


def is_fixed(row: dict[str, Any], adapted: frozenset[int]) -> bool:
    """Whether a stay keeps its seat: chosen, arrived, or on an adapted one."""
    return bool(row["pinned"]) or row["seat_id"] in adapted


def ends_at(row: dict[str, Any]) -> float | None:
    """When a row stops to count, where it does so by itself."""
    text = row["expires_at"]
    return None if text is None else datetime.fromisoformat(text).timestamp()


def read_chronicle(base: Base) -> dict[Key, list[Moment]]:
    """For each resource its moments in their order; the first is empty and for ever ago."""
    rows: dict[Key, dict[tuple[str, int], dict[str, Any]]] = defaultdict(dict)
    moments: dict[Key, list[Moment]] = defaultdict(lambda: [Moment(0.0)])
    lines = base.execute("SELECT txid, extract(epoch FROM at)::float8, was, becomes FROM chronicle ORDER BY n")
    last: dict[Key, int] = {}
    for txid, at, was, becomes in lines:
        for line in (was, becomes):
            if line is None:
                continue
            key = (line["place_id"], line["resource_id"])
            if line is was:
                rows[key].pop((line["booking_id"], line["seat_id"]))
            if line is becomes:
                rows[key][line["booking_id"], line["seat_id"]] = line
            if last.get(key) == txid:
                moments[key].pop()
            last[key] = txid
            moments[key].append(Moment(at, dict(rows[key])))
    return moments

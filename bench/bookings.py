"""The directory of ``bench.generate`` where every place can be booked: 400,000 desks, 3,000,000 bookings, 180 days.

    python -m bench.bookings DATABASE_URL [--places 100000] [--communes communes.csv.gz]

The database is made anew. Two thirds of the bookings are over (their seats are free again, as the rules have it), the
others fill the 60 days from Monday 22 March 2027, the next two weeks most; a few places are nearly full. Where all can
be booked the whole country is the hardest to count. Everything is made by the database, the same for a seed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from bench.generate import BESIDE, FIRST_DAY, Blend, fill, vacuum
from tierslieux.places.seat_counts import recount_all_seats

ALL_BOOKABLE = Blend({"bookable": 1}, 5)
DAYS_BEHIND, DAYS_AHEAD = 120, 60
NOW = "2027-03-22T07:00:00+01:00"
"""What the bookings take for the present."""

_RESOURCES = """
INSERT INTO resource (place_id, resource_id, kind, name, head_count, modes, prices, turnaround_minutes, policy, version)
SELECT p.place_id, n, CASE n WHEN 1 THEN 'desk' ELSE 'meeting_room' END, CASE n WHEN 1 THEN 'Places' ELSE 'Salle' END,
  CASE n WHEN 1 THEN 1 ELSE 6 END, '{hour,half_day,day}', '{}', CASE n WHEN 1 THEN 0 ELSE 15 END, '{}', 1
FROM place p CROSS JOIN generate_series(1, 2) n WHERE n = 1 OR p.place_id % 10 < 3 ORDER BY 1, 2
"""
# 4 seats a place: 1 to 20 of them, most places small
_SEATS = """
INSERT INTO seat (place_id, resource_id, seat_id, label, in_service, attributes)
SELECT r.place_id, r.resource_id, (r.resource_id - 1) * 100 + n, n::text, daterange('2026-01-01', NULL),
  CASE WHEN n = 1 THEN '{wheelchair}'::text[] ELSE '{}' END
FROM resource r CROSS JOIN LATERAL generate_series(1, CASE WHEN r.resource_id = 2 THEN 1
  ELSE ('{1,1,2,2,2,2,3,3,3,3,3,3,4,4,4,4,4,5,6,15}'::integer[])[1 + (r.place_id::bigint * 7919 % 20)::integer] END) n
ORDER BY 1, 2, 3
"""
_OWN_HOURS = """
WITH own AS (UPDATE resource SET hours_osm = 'Mo-Su 06:00-22:00' WHERE place_id % 50 = 0 AND resource_id = 1
  RETURNING place_id, resource_id)
INSERT INTO resource_day (place_id, resource_id, day, state, reason, open, frozen)
SELECT place_id, resource_id, d.day, 'known', NULL, tstzmultirange(tstzrange((d.day + time '06:00')
  AT TIME ZONE 'Europe/Paris', (d.day + time '22:00') AT TIME ZONE 'Europe/Paris')), false
FROM own CROSS JOIN (SELECT %(first)s::date + n AS day FROM generate_series(0, %(ahead)s::integer) n) d ORDER BY 1, 2, 3
"""
_CLOSURES = """
INSERT INTO closure (place_id, closure_id, kind, resource_id, seat_id, during, created_at)
SELECT place_id, gen_random_uuid(), 'closure', NULL, NULL, tstzrange(begins, begins + interval '5 days'), %(now)s
FROM (SELECT place_id, %(now)s::timestamptz + (random() * 50 + 1) * interval '1 day' AS begins FROM place
  WHERE place_id % 10 = 1) closed
UNION ALL
SELECT place_id, gen_random_uuid(), 'resident', resource_id, seat_id, tstzrange('2027-01-01', '2027-09-01'), %(now)s
FROM seat WHERE seat_id = 3 AND place_id % 20 = 2
"""
# one booking a seat and working day, where chance has it: a whole day, a morning, an afternoon, or an hour or two
_TAKEN = """
CREATE TEMPORARY TABLE taken AS
SELECT gen_random_uuid() AS booking_id, place_id, resource_id, seat_id, day, mode,
  tstzrange((day + begins) AT TIME ZONE 'Europe/Paris', (day + ends) AT TIME ZONE 'Europe/Paris') AS during
FROM (SELECT place_id, resource_id, seat_id, day, random() AS piece
  FROM (SELECT place_id, resource_id, seat_id, exp((place_id::bigint * 104729 % 1000)::float8 / 500 - 1.16) AS liked
    FROM seat OFFSET 0) seat
  CROSS JOIN (SELECT %(first)s::date + n AS day,
      CASE WHEN n < 0 THEN 0.057 WHEN n < 14 THEN 0.14 WHEN n < 28 THEN 0.065 ELSE 0.027 END::float8 AS share
    FROM generate_series(-%(behind)s::integer, %(ahead)s::integer - 1) n
    WHERE extract(isodow FROM %(first)s::date + n) < 6 OFFSET 0) days
  WHERE random() < share * liked) chosen
CROSS JOIN LATERAL (SELECT floor(piece * 1000)::integer % 4 * interval '30 min' AS later) l
CROSS JOIN LATERAL (SELECT CASE WHEN piece < 0.65 THEN time '09:30' WHEN piece < 0.85 THEN time '14:00'
    ELSE time '09:30' + later END AS begins,
  CASE WHEN piece < 0.35 THEN time '17:00' WHEN piece < 0.65 THEN time '12:30' WHEN piece < 0.85 THEN time '17:00'
    ELSE time '10:30' + later END AS ends,
  CASE WHEN piece < 0.35 THEN 'day' WHEN piece < 0.85 THEN 'half_day' ELSE 'hour' END AS mode) span
"""
_BOOKINGS = """
INSERT INTO booking (place_id, booking_id, resource_id, guest_id, origin, mode, status, during, local_date, seats,
  seat_rows, seats_chosen, turnaround_minutes, renewed, counted, price_cents, created_at, version)
SELECT t.place_id, t.booking_id, t.resource_id, NULL, 'web', t.mode,
  CASE WHEN t.day >= %(first)s::date THEN 'confirmed' ELSE 'completed' END, t.during, t.day, 1, 1, false,
  CASE t.resource_id WHEN 1 THEN 0 ELSE 15 END, false, true, 0, lower(t.during) - interval '5 days', 1
FROM taken t ORDER BY t.day, md5(t.booking_id::text)
"""
_OCCUPIED = """
INSERT INTO occupied_seat (place_id, booking_id, seat_id, resource_id, pinned, busy)
SELECT place_id, booking_id, seat_id, resource_id, false, CASE resource_id WHEN 1 THEN during
  ELSE tstzrange(lower(during), upper(during) + interval '15 min') END
FROM taken WHERE day >= %(first)s::date ORDER BY day, md5(booking_id::text)
"""
_STEPS = (_RESOURCES, _SEATS, _OWN_HOURS, _CLOSURES, _TAKEN, _BOOKINGS, _OCCUPIED)
_CHECKS = (
    ("SELECT count(*) FROM seat", "seats"),
    ("SELECT count(*) FROM booking", "bookings"),
    ("SELECT count(*) FROM occupied_seat", "of them to come"),
)


def main() -> None:
    """Read the command line and fill the database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url")
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--communes", type=Path, default=BESIDE)
    options = parser.parse_args()
    fill(options.database_url, options.communes, options.places, DAYS_AHEAD, ALL_BOOKABLE)
    with psycopg.connect(options.database_url) as connection:
        # what refers to what is right by the way it is made; checking each of the millions takes longer than all else
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET work_mem = '512MB'")
        run(connection, _STEPS)
        recount_all_seats(connection)
    vacuum(options.database_url)


def run(connection: psycopg.Connection[Any], steps: Iterable[str]) -> None:
    """Run the steps in order, the same each time, and say what is there."""
    connection.execute("SELECT setseed(0.27)")
    params = {"first": FIRST_DAY, "behind": DAYS_BEHIND, "ahead": DAYS_AHEAD, "now": NOW}
    for step in steps:
        connection.execute(step.replace(" % ", " %% "), params)
    for question, words in _CHECKS:
        row = connection.execute(question).fetchone()
        print(f"{row[0] if row else 0:,} {words}", flush=True)


if __name__ == "__main__":
    main()

"""What places show, written again from what their sources say: after an edit, a merge, or the undoing of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from tierslieux.places.choosing import ChosenPlace, SourceValue, choose_fields, chosen_place
from tierslieux.shared.text import slugify
from tierslieux.web.plans import Plan

_SAID = """
SELECT COALESCE(p.merged_into, p.place_id) AS shown, f.place_id, f.field, f.source, f.value, f.licence, f.dated,
  f.confirmed_by
FROM place p JOIN place_field f ON f.place_id = p.place_id
WHERE p.place_id = ANY(%(place_ids)s::integer[]) OR p.merged_into = ANY(%(place_ids)s::integer[])
ORDER BY shown
"""
_SHOW = """
UPDATE place SET
  state = CASE WHEN place.state IN ('published', 'closed') THEN s.state ELSE place.state END,
  kind = s.kind, name = s.name, search_name = s.search_name, slug = s.slug,
  time_zone = COALESCE(s.time_zone, place.time_zone), commune_code = s.commune_code,
  commune_code_given = s.commune_code_given, commune_name = s.commune_name, street = s.street,
  postal_code = s.postal_code, phone = s.phone, details = s.details, known_yes = s.known_yes, known_no = s.known_no,
  position = ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326)::geography, hours_osm = s.hours_osm,
  hours_text = s.hours_text, weekly_minutes = s.weekly_minutes, hours_checked_on = s.hours_checked_on,
  dated = s.dated, welcome = s.welcome, policy = s.policy, version = place.version + 1,
  updated_at = %(now)s::timestamptz
FROM jsonb_to_recordset(%(rows)s::jsonb) AS s (place_id integer, state text, kind text, name text, search_name text,
  slug text, time_zone text, commune_code text, commune_code_given text, commune_name text, street text,
  postal_code text, phone text, details jsonb, known_yes text[], known_no text[], lon float8, lat float8,
  hours_osm text, hours_text text, weekly_minutes integer, hours_checked_on date, dated date, welcome text,
  policy jsonb)
WHERE place.place_id = s.place_id
"""


def show_again(place_ids: Sequence[int], now: datetime) -> Plan[list[int]]:
    """Choose again what these places show, from what they and the places merged into them say; whom it updated.

    Each gets a new version. Give keepers, not merged places; a place of which nobody says anything stays as it is.
    """
    said = yield _SAID, {"place_ids": list(place_ids)}
    rows = list(_chosen_rows(said))
    if rows:
        yield _SHOW, {"rows": Jsonb(rows), "now": now}
    return [row["place_id"] for row in rows]


def _chosen_rows(said: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for place_id, group in groupby(said, key=lambda row: int(row[0])):
        chosen = choose_fields(SourceValue(*row[1:]) for row in group)
        if "name" in chosen and "kind" in chosen:
            state = chosen.get("state")
            is_closed = state is not None and state.value == "closed"
            yield _columns(place_id, chosen_place(chosen), "closed" if is_closed else "published")


def _columns(place_id: int, chosen: ChosenPlace, state: str) -> dict[str, Any]:
    facts = chosen.facts
    lon, lat = facts.position or (None, None)
    return {
        "place_id": place_id,
        "state": state,
        "kind": facts.kind,
        "name": facts.name,
        "search_name": chosen.search_name,
        "slug": slugify(facts.name, place_id),
        "time_zone": facts.time_zone,
        "commune_code": facts.commune.code,
        "commune_code_given": facts.commune.given,
        "commune_name": facts.commune.name,
        "street": facts.street,
        "postal_code": facts.postal_code,
        "phone": facts.phone,
        "details": msgspec.to_builtins(facts.details),
        "known_yes": chosen.known_yes,
        "known_no": chosen.known_no,
        "lon": lon,
        "lat": lat,
        "hours_osm": facts.opening_hours.osm,
        "hours_text": facts.opening_hours.text,
        "weekly_minutes": facts.weekly_minutes,
        "hours_checked_on": chosen.hours_checked_on and chosen.hours_checked_on.isoformat(),
        "dated": chosen.dated and chosen.dated.isoformat(),
        "welcome": facts.welcome,
        "policy": facts.policy,
    }

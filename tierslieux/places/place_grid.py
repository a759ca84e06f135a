"""``place_grid``: how many published places of a kind lie in each cell of the map's grid, for its clusters.

Counted anew from all places after an import: the finest zoom from the places, each coarser one from the finer.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection

FINEST_ZOOM = 14
CELLS_PER_TILE_LOG2 = 3
"""A cell is an eighth of a tile: the tile of ``zoom + 3``."""

_FINEST = """
INSERT INTO place_grid (zoom, x, y, kind, places, lon_sum, lat_sum)
SELECT %(zoom)s::integer, least(floor((lon + 180) / 360 * side), side - 1)::integer,
  least(greatest(floor((1 - asinh(tan(radians(lat))) / pi()) / 2 * side), 0), side - 1)::integer,
  kind, count(*), sum(lon), sum(lat)
FROM (SELECT kind, ST_X(position::geometry) AS lon, greatest(least(ST_Y(position::geometry), 85.05), -85.05) AS lat,
        power(2, %(zoom)s::integer + %(cells)s::integer) AS side
      FROM place WHERE state = 'published' AND position IS NOT NULL) here
GROUP BY 1, 2, 3, 4
"""
_COARSER = """
INSERT INTO place_grid (zoom, x, y, kind, places, lon_sum, lat_sum)
SELECT zoom - 1, x >> 1, y >> 1, kind, sum(places), sum(lon_sum), sum(lat_sum)
FROM place_grid WHERE zoom = %s::integer GROUP BY 1, 2, 3, 4
"""


def recount(connection: Connection[Any]) -> None:
    """Count every cell again, in one transaction: readers see the old counts until it ends."""
    with connection.transaction():
        connection.execute("DELETE FROM place_grid")
        connection.execute(_FINEST, {"zoom": FINEST_ZOOM, "cells": CELLS_PER_TILE_LOG2})
        for zoom in range(FINEST_ZOOM, 0, -1):
            connection.execute(_COARSER, (zoom,))

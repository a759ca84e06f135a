"""Cutting a box of the map into cells: web-mercator tiles, few enough to be drawn.

A cell of level ``L`` is a tile of zoom ``L``; a place is in it by ``place.map_x`` and ``map_y`` shifted by ``24 - L``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from tierslieux.places.models import MAP_ZOOM
from tierslieux.shared.geo import Bbox

MAX_CELLS = 480
"""Of one answer: with no more than one feature each it stays under 500 features and 50 kB compressed."""
MAX_LEVEL = 22
_FINER = 2
"""A cell is a quarter of a tile wide: 64 pixels."""
_SIDE: int = 2**MAP_ZOOM
_MAX_LATITUDE = 85.0511287798
Corners = tuple[float, float, float, float]
_SURE = 1e-9
"""Degrees by which a cell must lie inside a box to be taken whole: more than any rounding."""


@dataclass(frozen=True, slots=True)
class Window:
    """Columns and rows of cells, both ends included; empty where ``last < first``."""

    first_x: int
    last_x: int
    first_y: int
    last_y: int

    @property
    def cells(self) -> int:
        """How many cells it holds."""
        return max(0, self.last_x - self.first_x + 1) * max(0, self.last_y - self.first_y + 1)

    def box(self, level: int) -> Bbox:
        """What the window covers."""
        return Bbox(
            _lon_of(self.first_x, level),
            max(-90.0, _lat_of(self.last_y + 1, level)),
            _lon_of(self.last_x + 1, level),
            min(90.0, _lat_of(self.first_y, level)),
        )


def level_for(box: Bbox, zoom: int) -> int:
    """The finest level up to ``zoom + 2`` at which ``box`` touches no more than ``MAX_CELLS`` cells."""
    level = min(zoom + _FINER, MAX_LEVEL)
    while level > 0 and sum(window_over(part, level).cells for part in box.parts()) > MAX_CELLS:
        level -= 1
    return level


def window_over(box: Bbox, level: int) -> Window:
    """The cells that touch ``box``, which crosses no antimeridian."""
    shift = MAP_ZOOM - level
    west, east = _map_x(box.min_lon) >> shift, _map_x(box.max_lon) >> shift
    north, south = _map_y(box.max_lat) >> shift, _map_y(box.min_lat) >> shift
    return Window(west, east, north, south)


def window_inside(box: Bbox, level: int) -> Window:
    """The cells that lie wholly in ``box``; those of the first and last row reach to the poles."""
    over = window_over(box, level)
    last = 2**level - 1
    west = over.first_x + (_lon_of(over.first_x, level) < box.min_lon + _SURE)
    east = over.last_x - (_lon_of(over.last_x + 1, level) > box.max_lon - _SURE)
    north_edge = 90.0 if over.first_y == 0 else _lat_of(over.first_y, level)
    south_edge = -90.0 if over.last_y == last else _lat_of(over.last_y + 1, level)
    north = over.first_y + (north_edge > box.max_lat - _SURE)
    south = over.last_y - (south_edge < box.min_lat + _SURE)
    return Window(west, east, north, south)


def corners_of(x: int, y: int, level: int) -> Corners:
    """West, south, east and north of a cell, to the sixth decimal."""
    return _rounded_lon(x, level), _rounded_lat(y + 1, level), _rounded_lon(x + 1, level), _rounded_lat(y, level)


@lru_cache(maxsize=4096)
def _rounded_lon(x: int, level: int) -> float:
    return round(_lon_of(x, level), 6)


@lru_cache(maxsize=4096)
def _rounded_lat(y: int, level: int) -> float:
    return round(max(-90.0, min(90.0, _lat_of(y, level))), 6)


def _map_x(lon: float) -> int:
    return min(_SIDE - 1, math.floor((lon + 180) / 360 * _SIDE))


def _map_y(lat: float) -> int:
    radians = math.radians(max(-_MAX_LATITUDE, min(_MAX_LATITUDE, lat)))
    share = (1 - math.log(math.tan(radians) + 1 / math.cos(radians)) / math.pi) / 2
    return max(0, min(_SIDE - 1, math.floor(share * _SIDE)))


@lru_cache(maxsize=4096)
def _lon_of(x: int, level: int) -> float:
    return float(x / 2**level * 360 - 180)


@lru_cache(maxsize=4096)
def _lat_of(y: int, level: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**level))))

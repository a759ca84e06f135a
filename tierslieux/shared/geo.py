"""Positions and boxes in CRS84: longitude first, degrees (RFC 7946, OGC API Features)."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A point, ``-180 <= lon <= 180`` and ``-90 <= lat <= 90``; NaN and infinities are refused with ``ValueError``."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise ValueError("not_finite")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError("out_of_range")


@dataclass(frozen=True, slots=True)
class Bbox:
    """``min_lon, min_lat, max_lon, max_lat``. ``min_lon > max_lon`` means that the box crosses the antimeridian."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float

    def __post_init__(self) -> None:
        Position(self.min_lon, self.min_lat)
        Position(self.max_lon, self.max_lat)
        if self.min_lat > self.max_lat:
            raise ValueError("upside_down")

    @property
    def crosses_antimeridian(self) -> bool:
        """Whether it reaches over 180 degrees."""
        return self.min_lon > self.max_lon

    def parts(self) -> list[Bbox]:
        """One box, or the two on either side of the antimeridian; none of them crosses it."""
        if not self.crosses_antimeridian:
            return [self]
        return [
            Bbox(self.min_lon, self.min_lat, 180.0, self.max_lat),
            Bbox(-180.0, self.min_lat, self.max_lon, self.max_lat),
        ]

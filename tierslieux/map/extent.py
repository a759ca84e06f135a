"""Which part of the map a search shows first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tierslieux.map.criteria import Circle, InCommune, SearchCriteria
from tierslieux.map.named import Named, NamedTerritory
from tierslieux.map.results import PlaceHit
from tierslieux.shared.geo import Bbox, Position

_MARGIN_M = 1500
_METRES_PER_DEGREE = 111_320
FRANCE = "-5.2,41.3,9.7,51.1"
"""Metropolitan France: what is shown where nothing else is asked."""


def extent_of(
    criteria: SearchCriteria, named: Named | None, territory: NamedTerritory | None, hits: Sequence[PlaceHit]
) -> str:
    """``minlon,minlat,maxlon,maxlat``: the box or territory asked for; else what was found, and the point; else France.

    Where nothing is found, as far around the point as was looked.
    """
    box = criteria.area if isinstance(criteria.area, Bbox) else territory.box if territory else None
    if box is not None:
        return _text(box.min_lon, box.min_lat, box.max_lon, box.max_lat)
    center = criteria.area.center if isinstance(criteria.area, Circle) else named.place.position if named else None
    points = [(hit.lon, hit.lat) for hit in hits if hit.lon is not None and hit.lat is not None]
    if center:
        looked = criteria.area.radius_m if isinstance(criteria.area, Circle | InCommune) and not hits else None
        points = [*points, *_around(center, looked or _MARGIN_M)]
    elif not criteria.text:
        return FRANCE
    if not points:
        return FRANCE
    lons, lats = zip(*points, strict=True)
    return _text(min(lons), min(lats), max(lons), max(lats))


def _around(center: Position, radius_m: float) -> list[tuple[float, float]]:
    high = radius_m / _METRES_PER_DEGREE
    wide = high / max(0.1, math.cos(math.radians(center.lat)))
    return [(center.lon - wide, center.lat - high), (center.lon + wide, center.lat + high)]


def _text(*values: float) -> str:
    return ",".join(f"{value:.5f}" for value in values)

"""The base map through folium: its division and its script, apart, with no address of another host in either.

folium loads libraries from CDNs and writes popups as raw HTML; neither is used. Its header is left out (inline styles,
a viewport that forbids zooming). What is drawn on the map comes from ``static/js/map.js`` as data.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

BASE_TILES = "/tiles/base/{z}/{x}/{y}.mvt"
MAP_ELEMENT = "map_0001"
"""The id of the map's element, and the name of the script's global variable that holds the Leaflet map."""

# Styles are read from the page's CSS variables when the map starts: a theme and the dark mode reach the map too.
_BASE_OPTIONS = """{
  rendererFactory: L.canvas.tile, maxNativeZoom: 12, maxZoom: 18, interactive: false,
  attribution: "Fond : IGN, INSEE",
  vectorTileLayerStyles: tlBaseStyles()
}"""
_METROPOLITAN_FRANCE = (46.6, 2.4)


@dataclass(frozen=True)
class BaseMap:
    """``html`` is the map's element, ``script`` a classic script that makes the map in it."""

    html: str
    script: str


@dataclass(frozen=True)
class RasterLayer:
    """An outside tile server that the operator chose: Leaflet URL template, credit line, deepest zoom."""

    url: str
    attribution: str
    max_zoom: int


def render_base_map(raster: RasterLayer | None = None) -> BaseMap:
    """The map without places: our vector base, the operator's raster tiles above it if any, a scale.

    The same input gives the same text, byte for byte, so that the script can be cached by its hash. Imports folium
    (about a second and 120 MB): call it when the site is built, not in a server.
    """
    import folium  # noqa: PLC0415
    from folium import plugins  # noqa: PLC0415

    base = folium.Map(location=_METROPOLITAN_FRANCE, zoom_start=6, tiles=None, prefer_canvas=True, control_scale=True)
    base.options.update(min_zoom=3, max_zoom=18, zoom_snap=0.5, fade_animation=False, attribution_control=True)
    plugins.VectorGridProtobuf(BASE_TILES, "fond", options=_BASE_OPTIONS).add_to(base)
    if raster:
        folium.TileLayer(raster.url, attr=raster.attribution, max_zoom=raster.max_zoom, overlay=True).add_to(base)
    return _split(base)


def _split(base: Any) -> BaseMap:
    root = base.get_root()
    for number, element in enumerate(_walk(base), start=1):
        element._id = f"{number:04d}"
    root.render()
    return BaseMap(root.html.render().strip(), root.script.render().strip() + "\n")


def _walk(element: Any) -> list[Any]:
    return [element, *itertools.chain.from_iterable(_walk(child) for child in element._children.values())]

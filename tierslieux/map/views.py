"""What the templates of the search receive: frozen, worded, with every address made."""

from __future__ import annotations

import msgspec

from tierslieux.places.views import PlaceCard


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter."""

    value: str
    label: str
    checked: bool


class ChoiceGroup(msgspec.Struct, frozen=True):
    """A filter with few values, drawn as a select; ``name`` is the query parameter."""

    name: str
    label: str
    choices: tuple[Choice, ...]


class Empty(msgspec.Struct, frozen=True):
    """What is said where nothing was found, and the ways out: ``(address, words)``."""

    sentence: str
    ways_out: tuple[tuple[str, str], ...]


class Section(msgspec.Struct, frozen=True):
    """Places under a heading of their own, or under none."""

    title: str
    cards: tuple[PlaceCard, ...]


class MapView(msgspec.Struct, frozen=True):
    """What the map's module needs: ``extent`` is "minlon,minlat,maxlon,maxlat", ``filters`` a query of the API without
    place, ``text`` what the text filter holds (empty where the text named a town).
    """

    element: str
    extent: str | None
    filters: str
    text: str
    words: dict[str, object]


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole search page."""

    heading: str
    place_text: str
    near: str
    area: str
    commune: str
    day: str
    start: str
    end: str
    seats: str
    hours_choices: tuple[Choice, ...]
    kind_choices: tuple[Choice, ...]
    fact_groups: tuple[ChoiceGroup, ...]
    amenity_choices: tuple[Choice, ...]
    filter_count: int
    filters_open: bool
    is_filtered: bool
    view: str
    list_address: str
    map_address: str
    without_filters: str
    other_language: str
    count_label: str
    sections: tuple[Section, ...]
    empty: Empty | None
    first_address: str | None
    next_address: str | None
    downloads: tuple[tuple[str, str], ...]
    homonyms: tuple[tuple[str, str], ...]
    meant: tuple[tuple[str, str], ...]
    map: MapView


class EmbedView(msgspec.Struct, frozen=True):
    """The map alone, and the address of the same search as a page."""

    heading: str
    list_address: str
    map: MapView

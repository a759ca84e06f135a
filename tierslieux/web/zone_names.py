"""What the time of a place is called: "heure de La Réunion"."""

from __future__ import annotations

from tierslieux.web.i18n import gettext, mark

READERS_ZONE = "Europe/Paris"
"""The zone that needs no name: most readers are in it."""

_HERE = mark("heure du lieu")
_ZONE_NAMES = {
    "America/Guadeloupe": mark("heure de la Guadeloupe"),
    "America/Martinique": mark("heure de la Martinique"),
    "America/Cayenne": mark("heure de la Guyane"),
    "Indian/Reunion": mark("heure de La Réunion"),
    "Indian/Mayotte": mark("heure de Mayotte"),
    "America/Miquelon": mark("heure de Saint-Pierre-et-Miquelon"),
    "America/St_Barthelemy": mark("heure de Saint-Barthélemy"),
    "America/Marigot": mark("heure de Saint-Martin"),
    "Pacific/Noumea": mark("heure de la Nouvelle-Calédonie"),
    "Pacific/Tahiti": mark("heure de Tahiti"),
    "Pacific/Wallis": mark("heure de Wallis-et-Futuna"),
}


def zone_note(time_zone: str) -> str:
    """The name of the time of ``time_zone`` in the language of the request; "heure du lieu" where it has none."""
    return gettext(_ZONE_NAMES.get(time_zone, _HERE))

"""The form of ``/mes-donnees``: a commune is written as people write it, and asked back where it may be several."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tierslieux.accounts.domain import TRAVEL_MODES, TravelMode, read_name
from tierslieux.accounts.errors import BadName
from tierslieux.accounts.schemas import MePatch
from tierslieux.accounts.views import Choice, CommuneField, MyData, commune_label, commune_labels, travel_choices
from tierslieux.shared.text import fold
from tierslieux.territories.queries.finding import TerritorySearch, search_territories
from tierslieux.web.db import Reads
from tierslieux.web.i18n import gettext, mark

_UNKNOWN = mark("Nous ne connaissons pas cette commune. Écrivez son nom ou son code postal.")
_SEVERAL = mark("Plusieurs communes répondent à ce nom : choisissez la vôtre.")
_BAD_NAME = mark("Écrivez votre nom sur une ligne, en 80 signes au plus.")
_MAX_TEXT = 100
_MAX_CHOICES = 8


class ReadProfile(msgspec.Struct, frozen=True, kw_only=True):
    """The form, read: what to store, or what is wrong with it (``(field id, words)``)."""

    patch: MePatch
    name: str
    home: CommuneField
    work: CommuneField
    faults: tuple[tuple[str, str], ...]

    def shown_in(self, view: MyData) -> MyData:
        """The page with what was written, and what is wrong with it."""
        return msgspec.structs.replace(
            view,
            name=self.name,
            name_fault=dict(self.faults).get("name"),
            home=self.home,
            work=self.work,
            travel_modes=travel_choices(self.patch.travel_mode or None),
            faults=self.faults,
        )


async def read_profile(reads: Reads, form: Mapping[str, str]) -> ReadProfile:
    """What ``form`` says; an empty field takes the value away."""
    home_code, home = await _read_commune(reads, form, "home")
    work_code, work = await _read_commune(reads, form, "work")
    written = form.get("name", "")
    name, name_fault = _read_name(written)
    found = {"name": name_fault, "home": home.fault, "work": work.fault}
    mode = form.get("travel_mode", "")
    return ReadProfile(
        patch=MePatch(name=name, home_commune=home_code, work_commune=work_code, travel_mode=_mode_of(mode)),
        name=written[:_MAX_TEXT],
        home=home,
        work=work,
        faults=tuple((field, words) for field, words in found.items() if words),
    )


def _read_name(text: str) -> tuple[str | None, str | None]:
    try:
        return read_name(text), None
    except BadName:
        return None, gettext(_BAD_NAME)


def _mode_of(text: str) -> TravelMode | None:
    return next((mode for mode in TRAVEL_MODES if mode == text), None)


async def _read_commune(reads: Reads, form: Mapping[str, str], field: str) -> tuple[str | None, CommuneField]:
    """The code that the field means, and the field as it is shown again."""
    text = " ".join(form.get(field, "").split())[:_MAX_TEXT]
    chosen = form.get(f"{field}_choice", "")
    labels = await commune_labels(reads, [chosen]) if chosen and text else {}
    if chosen in labels:
        return chosen, CommuneField(labels[chosen])
    if not text or "\0" in text:
        return None, CommuneField("")
    return await _found(reads, text)


async def _found(reads: Reads, text: str) -> tuple[str | None, CommuneField]:
    search = TerritorySearch(text, levels=("commune",), limit=_MAX_CHOICES)
    items = (await search_territories(reads, search)).items
    communes = [Choice(each.territory_id.code, commune_label(each.name, each.territory_id.code)) for each in items]
    exact = [each for each, found in zip(communes, items, strict=True) if _is_meant(text, each.label, found.name)]
    if text.isdigit() and len(communes) == 1:  # the only one with this postal code
        exact = communes
    if len(exact) == 1:
        return exact[0].value, CommuneField(exact[0].label)
    if not communes:
        return None, CommuneField(text, gettext(_UNKNOWN))
    return None, CommuneField(text, gettext(_SEVERAL), tuple(exact or communes))


def _is_meant(text: str, label: str, name: str) -> bool:
    """Whether someone who writes ``text`` writes this commune's name, with or without its département."""
    return fold(text) in {fold(label), fold(name)}

"""Pages: the Jinja environment, and one handler for a page and its partial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request
from litestar.response import Template

from tierslieux.web import wording
from tierslieux.web.assets import Assets
from tierslieux.web.demonstration import DemonstrationMark
from tierslieux.web.i18n import current_locale, current_path, gettext, localised, ngettext
from tierslieux.web.problems import Problem
from tierslieux.web.titles import NOTHING_STORED, TITLES

TEMPLATES = Path(__file__).parent.parent.parent / "templates"


@dataclass(frozen=True, kw_only=True)
class Site:
    """What every page says of this instance. ``public_url`` has no slash at its end."""

    public_url: str
    operator_name: str | None = None
    operator_address: str | None = None
    operator_email: str | None = None
    publication_director: str | None = None
    host_name: str | None = None
    mark: DemonstrationMark = field(default_factory=DemonstrationMark)

    @property
    def demonstration(self) -> bool:
        """Whether bookings and people are made up, as known now."""
        return self.mark.is_on


def make_environment(assets: Assets, site: Site, helpers: Mapping[str, Callable[..., object]]) -> Environment:
    """The environment of all templates: escaped, strict, in the language of the request.

    ``helpers`` are the slices' own functions (labels); a template calls them as functions or filters.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_callables(_typeset, _typeset_number, newstyle=True)  # type: ignore[attr-defined]
    formats = (
        wording.day,
        wording.day_without_year,
        wording.short_date,
        wording.clock,
        wording.ranges,
        wording.number,
        wording.percent,
        wording.distance,
        wording.duration_hours,
        wording.phone,
    )
    environment.filters.update({function.__name__: function for function in formats})
    environment.filters.update(helpers)
    environment.globals.update(helpers)
    environment.globals.update(url=localised, asset=assets.url, site=site, locale=current_locale, path=current_path)
    environment.globals.update(problem_sentences=problem_sentences)
    return environment


def _typeset(message: str) -> str:
    return wording.unbroken(gettext(message)) if current_locale() == "fr" else gettext(message)


def _typeset_number(singular: str, plural: str, n: int) -> str:
    found = ngettext(singular, plural, n)
    return wording.unbroken(found) if current_locale() == "fr" else found


def problem_sentences(problem: Problem) -> list[str]:
    """What to tell a person of ``problem`` beside its title: that nothing is lost, and what to do."""
    _, remedy = TITLES.get(problem.code, TITLES["server_error"])
    lost_nothing = [gettext(NOTHING_STORED)] if problem.detail.startswith(NOTHING_STORED) else []
    return [*lost_nothing, gettext(remedy)]


def page_or_partial(
    request: Request[Any, Any, Any], page: str, partial: str, context: Mapping[str, object]
) -> Template:
    """The whole page, or only its partial where HTMX asks for it. Caches keep the two apart (``Vary``)."""
    name = partial if wants_partial(request) else page
    return Template(name, context=dict(context), headers={"vary": "HX-Request"})


def wants_partial(request: Request[Any, Any, Any]) -> bool:
    """Whether HTMX asks for a part of the page; going back in history wants the whole."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers

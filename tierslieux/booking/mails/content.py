"""From facts to what stands in a mail, in the language in force: the same for the text and for the HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from tierslieux.booking.mails.facts import BookingMail, MailAlternative
from tierslieux.booking.mails.kinds import KINDS, OFFERS, Kind, Offer
from tierslieux.booking.mails.saying import one_line
from tierslieux.booking.mails.saying import say as _
from tierslieux.booking.mails.times import hours, moment, range_words, short_words, within_one_day, zone_suffix
from tierslieux.booking.words import price_words
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import current_locale, ngettext
from tierslieux.web.wording import NBSP, clock, day


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label and what it stands for: a fact, or the address of a link."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part with a title: lines, and links that lead on."""

    title: str
    lines: tuple[str, ...] = ()
    links: tuple[Labelled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The parts of a mail in their order. Everything is one line of plain text."""

    locale: str
    colon: str
    subject: str
    banner: str | None
    greeting: str
    says: tuple[str, ...]
    facts: tuple[Labelled, ...]
    sections: tuple[Section, ...]
    then: tuple[str, ...]
    offers: tuple[Labelled, ...]
    promise: str | None
    footer: str


def content_of(mail: BookingMail) -> Content:
    """What ``mail`` says, in the language in force."""
    kind = KINDS[mail.kind]
    return Content(
        locale=current_locale(),
        colon=f"{NBSP}: " if current_locale() == "fr" else ": ",
        subject=_subject(mail, kind),
        banner=_("Démonstration : les réservations et les personnes sont inventées.") if mail.demonstration else None,
        greeting=_greeting(mail, kind),
        says=(*_sentences(mail, kind.says), *_reason(mail, kind)),
        facts=tuple(_facts(mail, kind)),
        sections=tuple(_sections(mail, kind)),
        then=_sentences(mail, kind.then),
        offers=tuple(_offers(mail, kind.offers)),
        promise=_("Rien ne change avant que vous ne l'ayez confirmé sur la page.") if _acts(kind) else None,
        footer=_(kind.why),
    )


def place_name(mail: BookingMail) -> str:
    """The place with its commune: "Médiathèque, Quimper (29)"."""
    return one_line(f"{mail.place.name}, {mail.place.commune}")


def people(seats: int) -> str:
    """ "pour 2 personnes"."""
    return ngettext("pour {n} personne", "pour {n} personnes", seats).format(n=seats)


def _subject(mail: BookingMail, kind: Kind) -> str:
    zone = ZoneInfo(mail.place.time_zone)
    when = short_words(mail.during, zone) + zone_suffix(mail.place.time_zone)
    return _(kind.subject, when=when, place=place_name(mail))


def _greeting(mail: BookingMail, kind: Kind) -> str:
    return _("Bonjour {name},", name=mail.guest_name) if kind.greets_guest and mail.guest_name else _("Bonjour,")


def _sentences(mail: BookingMail, messages: tuple[str, ...]) -> tuple[str, ...]:
    """The sentences whose facts are known."""
    zone, suffix = ZoneInfo(mail.place.time_zone), zone_suffix(mail.place.time_zone)
    words = {
        "until": mail.kept_until and moment(mail.kept_until, zone) + suffix,
        "previous": mail.previous and _before(mail, mail.previous),
    }
    known = {name: word for name, word in words.items() if word is not None}
    missing = ["{" + name + "}" for name in words.keys() - known.keys()]
    return tuple(_(message, **known) for message in messages if not any(holder in message for holder in missing))


def _before(mail: BookingMail, previous: TimeRange) -> str:
    told = range_words(previous, ZoneInfo(mail.place.time_zone)) + zone_suffix(mail.place.time_zone)
    return f"{told}, {mail.previous_place}" if mail.previous_place else told


def _reason(mail: BookingMail, kind: Kind) -> Iterator[str]:
    if kind.gives_reason and mail.reason and one_line(mail.reason):
        yield _("Raison donnée par le lieu : « {reason} »", reason=mail.reason)


def _facts(mail: BookingMail, kind: Kind) -> Iterator[Labelled]:
    yield Labelled(_("Lieu"), place_name(mail))
    yield Labelled(_("Adresse"), one_line(mail.place.address))
    if kind.about_place:
        yield from _times(mail)
        return
    if not kind.greets_guest:
        yield Labelled(_("Demande de"), one_line(mail.guest_name))
    yield Labelled(_("Réservation"), f"{one_line(mail.resource_name)}, {people(mail.seats)}")
    if not mail.dates:
        yield from _times(mail)
    yield Labelled(_("Prix"), price_words(mail.price_cents))
    yield Labelled(_("État"), _(kind.status))


def _times(mail: BookingMail) -> Iterator[Labelled]:
    zone, suffix = ZoneInfo(mail.place.time_zone), zone_suffix(mail.place.time_zone)
    if within_one_day(mail.during, zone):
        yield Labelled(_("Jour"), day(mail.during.start.astimezone(zone).date()))
        yield Labelled(_("Heure"), hours(mail.during, zone) + suffix)
    else:
        yield Labelled(_("Début"), moment(mail.during.start, zone) + suffix)
        yield Labelled(_("Fin"), moment(mail.during.end, zone) + suffix)


def _sections(mail: BookingMail, kind: Kind) -> Iterator[Section]:
    zone = ZoneInfo(mail.place.time_zone)
    if mail.dates:
        title = _dates_title(len(mail.dates), kind)
        lines = tuple(range_words(date.during, zone) for date in mail.dates)
        yield Section(title=title + zone_suffix(mail.place.time_zone), lines=lines)
    if mail.skipped:
        lines = tuple(
            f"{day(date.wall_start)}, {clock(date.wall_start)} \N{EN DASH} {one_line(date.reason)}"
            for date in mail.skipped
        )
        yield Section(title=_("Dates qui n'ont pas été réservées"), lines=lines)
    if kind.shows_access and mail.access:
        yield _access(mail, mail.access)
    if mail.alternatives:
        yield Section(title=_("Ce qui est libre"), links=tuple(map(_alternative, mail.alternatives)))


def _dates_title(count: int, kind: Kind) -> str:
    if kind.event == "CANCELLED":
        return ngettext("{n} date annulée", "{n} dates annulées", count).format(n=count)
    return ngettext("{n} date réservée", "{n} dates réservées", count).format(n=count)


def _access(mail: BookingMail, access: str) -> Section:
    """How to get in, from the day before on (booking.md); before that, when it will be told."""
    zone = ZoneInfo(mail.place.time_zone)
    day_before = mail.during.start.astimezone(zone).date() - timedelta(days=1)
    if mail.now.astimezone(zone).date() < day_before:
        return Section(title=_("Comment entrer"), lines=(_("Vous le recevrez la veille, avec le rappel."),))
    return Section(title=_("Comment entrer"), lines=tuple(filter(None, map(one_line, access.splitlines()))))


def _alternative(found: MailAlternative) -> Labelled:
    when = range_words(found.during, ZoneInfo(found.time_zone)) + zone_suffix(found.time_zone)
    return Labelled(f"{when}, {one_line(found.label)}", found.url)


def _offers(mail: BookingMail, offers: tuple[Offer, ...]) -> Iterator[Labelled]:
    addresses: dict[Offer, str | None] = {
        "booking": mail.links.booking,
        "kept": mail.links.booking,
        "request": mail.links.booking,
        "move": mail.links.move,
        "cancel": mail.links.cancel,
        "again": mail.place.url,
        "place": mail.place.url,
    }
    for offer in offers:
        if address := addresses[offer]:
            yield Labelled(_(OFFERS[offer]), address)


def _acts(kind: Kind) -> bool:
    """Whether a link leads to a page that can change something."""
    return not {"move", "cancel", "kept", "request"}.isdisjoint(kind.offers)

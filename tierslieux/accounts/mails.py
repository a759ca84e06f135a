"""Mails of accounts, in the language of their reader: text, and the same as plain HTML."""

from __future__ import annotations

from html import escape
from uuid import UUID

import msgspec

from tierslieux.web import wording
from tierslieux.web.demonstration import SENTENCE, DemonstrationMark
from tierslieux.web.i18n import Locale, localised, mark, translations
from tierslieux.web.mailer import NO_PLACE, Mail

_CODE_SUBJECT = mark("{code} : votre code pour tierslieux")
_CODE = (
    mark("Bonjour,"),
    mark("Votre code : {code}"),
    mark("Tapez-le sur la page qui l'a demandé. Il est valable 15 minutes et ne sert qu'une fois."),
    mark("Vous pouvez aussi ouvrir ce lien, puis confirmer : {link}"),
    mark(
        "Vous n'avez rien demandé ? Ne faites rien : sans ce code, personne n'entre. Ne le donnez à personne, notre "
        "équipe ne le demande jamais."
    ),
)
_UNUSED_SUBJECT = mark("Votre compte tierslieux sera effacé le {day}")
_UNUSED = (
    mark("Bonjour,"),
    mark("Votre compte n'a pas servi depuis onze mois. Sans nouvelle de vous, il sera effacé le {day}."),
    mark("Pour le garder, connectez-vous une fois : {link}"),
    mark("Si vous n'en avez plus besoin, ne faites rien. Les statistiques restent, sans votre nom ni votre adresse."),
)
_SIGN_IN = "/connexion"


def code_mail(challenge_id: UUID, to: str, locale: Locale, proof: tuple[str, str], sentence: str | None) -> Mail:
    """The mail with a code and a link; ``proof`` is the two, ``sentence`` stands after the code where given."""
    code, link = proof
    facts = {"code": f"{code[:3]}\N{NO-BREAK SPACE}{code[3:]}", "link": link}
    paragraphs = [_in(locale, words).format(**facts) for words in _CODE]
    if sentence:
        paragraphs.insert(2, sentence)
    return Mail(
        place_id=NO_PLACE,
        cause=f"sign-in {challenge_id}",
        recipient_id=challenge_id,
        to=to,
        subject=_in(locale, _CODE_SUBJECT).format(code=code),
        text="\n\n".join(paragraphs) + "\n",
        html=_html(paragraphs, locale, link),
    )


def unused_mail(account_id: UUID, to: str, locale: Locale, day: str, public_url: str) -> Mail:
    """The mail that says that an unused account will be erased on ``day``."""
    link = public_url + localised(_SIGN_IN, locale)
    paragraphs = [_in(locale, words).format(day=day, link=link) for words in _UNUSED]
    return Mail(
        place_id=NO_PLACE,
        cause=f"unused account, erased on {day}",
        recipient_id=account_id,
        to=to,
        subject=_in(locale, _UNUSED_SUBJECT).format(day=day),
        text="\n\n".join(paragraphs) + "\n",
        html=_html(paragraphs, locale, link),
    )


def as_demonstration(mail: Mail, locale: Locale, mark: DemonstrationMark) -> Mail:
    """The mail as a demonstration sends it: what is made up is said first. Elsewhere as it is."""
    if not mark.is_on:
        return mail
    line = _in(locale, SENTENCE)
    html = (mail.html or "").replace("<body>\n", f"<body>\n<p>{escape(line)}</p>\n", 1)
    return msgspec.structs.replace(mail, text=f"{line}\n\n{mail.text}", html=html)


def _in(locale: Locale, words: str) -> str:
    found = translations(locale).gettext(words)
    return wording.unbroken(found) if locale == "fr" else found


def _html(paragraphs: list[str], locale: Locale, link: str) -> str:
    shown = (escape(words).replace(escape(link), _anchor(link)) for words in paragraphs)
    body = "\n".join(f"<p>{words}</p>" for words in shown)
    return f'<!DOCTYPE html>\n<html lang="{locale}"><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'


def _anchor(link: str) -> str:
    return f'<a href="{escape(link)}">{escape(link)}</a>'

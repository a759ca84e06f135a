"""Words of French opening hours: the text cut into tokens, each with its place in the text.

What is in no list is an ``unknown`` token: it will be reported, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
PUBLIC_HOLIDAY = 7
"""Stands beside the weekdays 0 (Monday) to 6."""
_MONTHS = (
    r"janvier|janv?(?![a-z])\.?",
    r"fevrier|fevr?(?![a-z])\.?",
    r"mars",
    r"avril|avr(?![a-z])\.?",
    r"mai",
    r"juin",
    r"juillet|juil?(?![a-z])\.?",
    r"aout|aug(?![a-z])",
    r"septembre|sept?(?![a-z])\.?",
    r"octobre|oct(?![a-z])\.?",
    r"novembre|nov(?![a-z])\.?",
    r"decembre|dec(?![a-z])\.?",
)
_ORDINALS = {"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "dernier": -1}


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` and ``value`` of ``text[start:end]``."""

    kind: str
    start: int
    end: int
    value: object = None


_APPOINTMENT = r"(?:r\w{0,2}(?:en)?dez[- =.]?vous|rdvs?|r\.?d\.?v\b\.?|r\.?-?v\b\.?)"
_ONLY = r"(?:uniquement|exclusivement|seulement|prealable|obligatoire)"
_PLACE = (
    r"bibliotheques?|mediatheques?|musees?|ludotheque|cyber-?base|mairie|agence postale|espace public numerique|epn"
    r"|point info|accueil|(?:centre|service|espace|unite)(?: de (?:documentation|ressources))?|salles?(?: de lecture)?|la salle"
    r"|(?:sections? |espaces? )?adultes?(?:(?:,| et) (?:discotheque|musique|jeunesse))*"
)
_LINK = r"(?:https?://\S+|www\.\S+|\S+@\S+)"
_TELLING = r"janv|fevr|mars|avril|juin|juil|aout|sept|octo|nove|dece|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|sauf|ferm|hors|except|vacances|matin|apres|soir|feri"
_CONTACT = r"(?:,? ?(?:ou |et )?(?:bien )?(?:par|au) (?:e-?mail|mail|courriel|telephone|tel)\b\.?)"
_SEE = (
    r"(?:consulter|voir|se referer|nous contacter|contacter|se renseigner|telephoner|s'adresser|s'assurer|s'informer)"
)
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("braces", r"\{[^{}]*\}"),
    ("phone", r"(?:tel(?:ephone)?\.? ?:? ?)?(?<!\d)(?:\+33 ?|0)[1-9](?:[ .-]?\d\d){4}(?!\d)"),
    ("all_hours", r"24 ?h? ?(?:/|sur) ?24 ?h?|\bjour et nuit\b"),
    (
        "every_day",
        r"\b7 ?j?(?:ours)? ?(?:/|sur) ?7\b ?j?|\btous les jours\b(?! ouvr)|\b365 jours (?:par an|sur 365)|\btous les jours de la semaine\b",
    ),
    ("always", r"\bacces permanent\b(?! en ligne)|\b24/7\b"),
    ("fuzzy", r"\b(?:tous les (?:15|quinze) jours|un(?:e)? (?:semaine )?sur deux|en alternance|par quinzaine)\b"),
    ("parity", r"\bsem(?:aines?|\.)? (?:im)?paires?\b"),
    ("not_term", r"\b(?:hors|en dehors des?) (?:des |les |periodes? (?:de )?)?(?:vacances|conges)(?: scolaires)?\b"),
    (
        "school",
        r"\bsh\b|\b(?:(?:pendant|durant|en) )?(?:(?:la |les |en )?periodes? (?:de |des )?)?(?:les |des |de )?(?:vacances|conges) scolaires\b(?: zone [abc]\b| ?\(zone [abc]\))?",
    ),
    ("summer", r"\b(?:(?:pendant|durant) )?(?:horaires d'|(?:en |l'))ete\b"),
    ("term", r"\b(?:(?:pendant|durant|en) )?(?:la |les )?(?:periodes?|annee|temps) scolaires?\b"),
    ("public", r"\bph\b|\b(?:les |des )?jours? feries?\b|\bferies\b"),
    ("reduced", r"\bhoraires? (?:reduits?|elargis|amenages|modifies?|restreints)\b"),
    (
        "no_hours",
        r"\b(?:horaires? )?non (?:communiquee?s?|precisee?s?|renseignee?s?)\b|\bhoraires (?:inconnus|variables)\b|\bsi besoin\b|\b(?:horaires? )?(?:variables? )?selon (?:le |un )?planning(?: [a-z]+)?\b",
    ),
    (
        "note",
        rf"\b(?:pour (?:une information actualisee|(?:connaitre )?les horaires(?: d'ouverture)?),? )?(?:merci de |veuillez )?{_SEE}\b(?:{_LINK}|(?!\b(?:{_TELLING}))[^.;|()0-9])*",
    ),
    ("note", r"\b(?:ces |les )?(?:horaires? )?(?:sont )?susceptibles d[^.;|()0-9]*"),
    ("including", r"\by compris\b"),
    ("noise", r"\ben acces libre\b|\bacces libre\b|\baux? mois d(?:e |')|\b(?:reguliers|habituels)\b"),
    (
        "otherwise",
        rf"\b(?:(?:et|ou)(?: eventuellement| egalement| aussi)? )(?:uniquement )?sur {_APPOINTMENT}(?: en dehors de ces (?:heures|horaires))?",
    ),
    ("without", rf"\bsans {_APPOINTMENT}"),
    (
        "appointment",
        rf"\b(?:{_ONLY} )?(?:sur |avec |prendre )?(?:{_APPOINTMENT}|(?<=sur )(?:demande|reservation|inscription)\b)(?:-? ?{_ONLY})*{_CONTACT}*",
    ),
    (
        "closed",
        r"\bpas d'ouverture au public\b|\bferm(?:ee?s?|etures?)\b(?: au public| annuelle| hebdomadaire| exceptionnelle)?|\bclosed\b",
    ),
    ("except", r"\b(?:sauf|excepte|hormis|a l'exception d(?:e|u|es))\b"),
    ("monthly", r"\b(?:du|de chaque|chaque|par) mois\b"),
    ("one_monthly", r"(?:\bune?|(?<!\d)1) (?=[a-z]+ par mois)"),
    ("am_pm", r"\b(?:apres[- ]midis?|matin(?:s|ees?)?|soirs?)\b"),
    ("time", r"\b(?:midi|minuit)\b"),
    (
        "time",
        r"(?<!\d)(?<!\d[.,])(?P<h1>\d{1,2}) ?(?:heures?|hrs?|h)(?:(?: ?(?P<m1>[0-5]\d)(?!\d|:| ?h)(?: ?(?:mn|min)\b)?)|(?![a-z])|(?=et\b))(?:h(?![a-z]))?(?:\.(?= ?(?:[-),]|a\b|et\b)))?",
    ),
    ("time", r"(?<![\d.:])(?P<h2>\d{1,2}) ?: ?(?P<m2>[0-5]\d)(?!\d|:| ?h)"),
    ("time", r"(?<![\d.])(?P<h3>\d{1,2})\.(?P<m3>[0-5]\d)(?![.\d])"),
    ("nth", r"\b(?P<n1>[1-5]) ?(?:ers?|eres?|emes?|nde?s?|e|°)(?![a-z])"),
    ("nth", r"\b(?P<n2>premiers?|deuxiemes?|seconds?|troisiemes?|quatriemes?|derniers?)\b"),
    ("weekend", r"\b(?:week[- ]?ends?)\b"),
    ("weekdays", r"\ben semaine\b|\bjours de (?:la )?semaine\b"),
    ("day", r"\b(?P<day>lun|mar|mer(?:cr?)?|jeu|vend?r?|sam|dim)(?:\.|\b)"),
    (
        "noise",
        r"\b(?:horaires? d'ouverture|heures? d'ouverture|jours? d'ouverture)(?: au public)?\b|\bsans interruption\b|\ben continu\b|\bjournee continue\b|\bnon[- ]stop\b|\btous? publics?\b|\binclus\b|\btrue\b|\btoute l'annee(?= ?:)|\bnocturne\b|\bsoiree\b|\baccessibles?\b|\bde l'etablissement\b|\bconsultations?(?: d[a-z]+ [a-z]+)?(?= (?:uniquement )?sur )|\b(?:les )?(?:documents|ouvrages|archives|collections) sont consultables\b|\b(?:jours et )?heures d'ouvertures?\b",
    ),
    ("until", r"\bjusqu'(?:au|a)(?![a-z])"),
    ("label", rf"\b(?:la |le |les )?(?:{_PLACE})\b(?: municipale?)?"),
    ("to", r"\b(?:au|a)(?![a-z])|->|→"),
    ("between", r"\bentre(?![a-z])"),
    ("from", r"\b(?:de|du|des)(?![a-z])"),
    ("and", r"\b(?:et|puis)(?![a-z])|&|\+"),
    (
        "noise",
        r"\b(?:le|la|les|tous|toutes|chaque|en|ouvert(?:e|s|es|ures?|ure)?|est|au public|public|horaires?|accueil)(?![a-z])|\b[dl]'|\.(?= ?:)",
    ),
    ("stop", r"\bo\b"),
    ("word", r"[a-z]+"),
    ("number", r"(?<!\d)\d{1,2}(?!\d)"),
    ("dash", r"-+"),
    ("comma", r"[,~]"),
    ("slash", r"//?"),
    ("colon", r":"),
    ("open", r"\("),
    ("close", r"\)"),
    ("stop", r"[.;|*·•\n]+"),
    ("quote", r"['\"«»]"),
)
_SCANNER = re.compile("|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(_PATTERNS)))
_MONTH = re.compile(rf"(?:{'|'.join(f'(?P<m{index}>{names})' for index, names in enumerate(_MONTHS))})(?![a-z])")
_SHORT_DAY = re.compile(r"(lu|ma|me|je|ve|sa|di)\b\.?")
_BEFORE_SHORT = re.compile(r"(?:^|[|;,]|\d|h)\s*$")
_AFTER_SHORT = re.compile(r"\s*(?:\d|:|-|,|\||$|semaines?|sur|sans|horaires|non|si|ferme|1er|de\b|du\b|le\b)")


def fold(text: str) -> str:
    """Lower case, without accents, plain dashes, quotes and spaces, of the same length as ``text`` (in NFC)."""
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    plain = {"’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "‑": "-", "›": "-", "œ": "o", "º": "°"}.get(character)
    if plain:
        return plain
    if character.isspace():
        return "\n" if character == "\n" else " "
    return unicodedata.normalize("NFD", character)[0].lower()[:1] or " "


def tokenize(text: str) -> list[Token]:
    """The tokens of a folded text, spaces left out. What no pattern reads becomes ``unknown``."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        token = _month(text, at) or _short_day(text, at) or _scan(text, at)
        tokens.append(token)
        at = token.end
    return [token for token in tokens if token.kind not in ("noise", "phone", "quote")]


def _month(text: str, at: int) -> Token | None:
    if at and text[at - 1].isalpha():
        return None
    found = _MONTH.match(text, at)
    return Token("month", at, found.end(), int((found.lastgroup or "m0")[1:]) + 1) if found else None


def _short_day(text: str, at: int) -> Token | None:
    found = _SHORT_DAY.match(text, at)
    if found is None:
        return None
    begins = text[:at].rstrip()[-1:] in ("", "|")
    if not begins and not (_BEFORE_SHORT.search(text, max(0, at - 8), at) and _AFTER_SHORT.match(text, found.end())):
        return None
    return Token("day", at, found.end(), _day_number(found[1]))


def _scan(text: str, at: int) -> Token:
    found = _SCANNER.match(text, at)
    if found is None or found.end() == at:
        return Token("unknown", at, at + 1)
    index = next(int(name[1:]) for name, value in found.groupdict().items() if value is not None and name[0] == "k")
    return _token(_PATTERNS[index][0], found)


def _token(kind: str, found: re.Match[str]) -> Token:
    start, end = found.span()
    if kind == "time":
        minutes = _minutes(found)
        return Token("time", start, end, minutes) if minutes is not None else Token("unknown", start, end)
    if kind == "number":
        return Token("number", start, end, int(found[0]))
    if kind == "day":
        return Token("day", start, end, _day_number(found["day"]))
    if kind == "nth":
        word = (found["n2"] or "").removesuffix("s")
        return Token("nth", start, end, int(found["n1"]) if found["n1"] else _ORDINALS[word])
    if kind == "word":
        day = _day_of_word(found[0])
        return Token("day", start, end, day) if day is not None else Token("unknown", start, end)
    return Token(kind, start, end, found[0])


def _minutes(found: re.Match[str]) -> int | None:
    if found[0] in ("midi", "minuit"):
        return 12 * 60 if found[0] == "midi" else 24 * 60
    hours = int(found["h1"] or found["h2"] or found["h3"])
    minutes = int(found["m1"] or found["m2"] or found["m3"] or 0)
    total = hours * 60 + minutes
    return total if total <= 24 * 60 else None


def _day_number(short: str) -> int:
    return next(number for number, name in enumerate(DAYS) if name.startswith(short[:2]))


def _day_of_word(word: str) -> int | None:
    """A weekday, in the plural or with one slip of the pen; None where it could be two days or none."""
    singular = word.removesuffix("s")
    near = [
        number
        for number, name in enumerate(DAYS)
        if singular == name
        or (len(word) > 4 and _is_one_slip(singular, name))
        or (len(word) > 3 and name.startswith(word))
    ]
    return near[0] if len(near) == 1 else None


def _is_one_slip(word: str, name: str) -> bool:
    """One letter more, less, other, or two neighbours swapped."""
    if abs(len(word) - len(name)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    rest, other = word[start:], name[start:]
    swapped = rest[1:2] + rest[0:1] == other[:2] and rest[2:] == other[2:]
    return swapped or rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]

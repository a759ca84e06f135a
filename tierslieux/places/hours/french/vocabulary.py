"""The words of French opening hours, as patterns over folded text (lower case, no accents), first match wins."""

from __future__ import annotations

import re

_APPOINTMENT = r"(?:r\w{0,2}(?:en)?dez[- =.]?vous|rdvs?|r\.?d\.?v\b\.?|r\.?-?v\b\.?)"
_ASKED = rf"(?:{_APPOINTMENT}|(?<=sur )(?:demande|reservation|inscription)\b)"
_ONLY = r"(?:uniquement|exclusivement|seulement|prealable|obligatoire)"
_CONTACT = r"(?:,? ?(?:ou |et )?(?:bien )?(?:par|au) (?:e-?mail|mail|courriel|telephone|tel)\b\.?)"
_PLACE = (
    r"bibliotheques?|mediatheques?|musees?|ludotheque|cyber-?base|mairie|agence postale|espace public numerique|epn"
    r"|point info|accueil|(?:centre|service|espace|unite)(?: de (?:documentation|ressources))?"
    r"|salles?(?: de lecture)?|la salle"
    r"|(?:sections? |espaces? )?adultes?(?:(?:,| et) (?:discotheque|musique|jeunesse))*"
)
_LINK = r"(?:https?://\S+|www\.\S+|\S+@\S+)"
_TELLING = (
    r"(?:janv|fevr|mars|avril|juin|juil|aout|sept|octo|nove|dece|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|sauf|ferm|hors|except|vacances|matin|apres|soir|feri)"
)
_SEE = r"(?:consulter|voir|se referer|(?:nous )?contacter|se renseigner|telephoner|s'adresser|s'assurer|s'informer)"
_WHY_SEE = r"(?:pour (?:une information actualisee|(?:connaitre )?les horaires(?: d'ouverture)?),? )?"
_PERIOD = r"(?:(?:pendant|durant|en) )?(?:(?:la |les |en )?periodes? (?:de |des )?)?(?:les |des |de )?"
_MINUTES = r"(?: ?(?P<m1>[0-5]\d)(?!\d|:| ?h)(?: ?(?:mn|min)\b)?)"
_NOISE_WORDS = r"le|la|les|tous|toutes|chaque|en|ouvert(?:e|s|es|ures?|ure)?|est|au public|public|horaires?|accueil"
_NOISE = (
    r"\b(?:horaires?|heures?|jours?|jours et heures) d'ouvertures?(?: au public)?\b"
    r"|\b(?:sans interruption|en continu|journee continue|non[- ]stop)\b|\btous? publics?\b"
    r"|\b(?:inclus|true|nocturne|soiree|accessibles?|de l'etablissement)\b|\btoute l'annee(?= ?:)"
    r"|\bconsultations?(?: d[a-z]+ [a-z]+)?(?= (?:uniquement )?sur )"
    r"|\b(?:les )?(?:documents|ouvrages|archives|collections) sont consultables\b"
)

PATTERNS: tuple[tuple[str, str], ...] = (
    ("braces", r"\{[^{}]*\}"),
    ("phone", r"(?:tel(?:ephone)?\.? ?:? ?)?(?<!\d)(?:\+33 ?|0)[1-9](?:[ .-]?\d\d){4}(?!\d)"),
    ("all_hours", r"24 ?h? ?(?:/|sur) ?24 ?h?|\bjour et nuit\b"),
    (
        "every_day",
        (
            r"\b7 ?j?(?:ours)? ?(?:/|sur) ?7\b ?j?|\btous les jours\b(?! ouvr)(?: de la semaine\b)?"
            r"|\b365 jours (?:par an|sur 365)"
        ),
    ),
    ("always", r"\bacces permanent\b(?! en ligne)|\b24/7\b"),
    ("fuzzy", r"\b(?:tous les (?:15|quinze) jours|un(?:e)? (?:semaine )?sur deux|en alternance|par quinzaine)\b"),
    ("parity", r"\bsem(?:aines?|\.)? (?:im)?paires?\b"),
    ("not_term", r"\b(?:hors|en dehors des?) (?:des |les |periodes? (?:de )?)?(?:vacances|conges)(?: scolaires)?\b"),
    ("school", rf"\bsh\b|\b{_PERIOD}(?:vacances|conges) scolaires\b(?: zone [abc]\b| ?\(zone [abc]\))?"),
    ("summer", r"\b(?:(?:pendant|durant) )?(?:horaires d'|(?:en |l'))ete\b"),
    ("term", r"\b(?:(?:pendant|durant|en) )?(?:la |les )?(?:periodes?|annee|temps) scolaires?\b"),
    ("public", r"\bph\b|\b(?:les |des )?jours? feries?\b|\bferies\b"),
    ("reduced", r"\bhoraires? (?:reduits?|elargis|amenages|modifies?|restreints)\b"),
    (
        "no_hours",
        (
            r"\b(?:horaires? )?non (?:communiquee?s?|precisee?s?|renseignee?s?)\b|\bhoraires (?:inconnus|variables)\b"
            r"|\bsi besoin\b|\b(?:horaires? )?(?:variables? )?selon (?:le |un )?planning(?: [a-z]+)?\b"
        ),
    ),
    (
        "note",
        rf"\b{_WHY_SEE}(?:merci de |veuillez )?{_SEE}\b(?:{_LINK}|(?!\b{_TELLING})[^.;|()0-9])*",
    ),
    ("note", r"\b(?:ces |les )?(?:horaires? )?(?:sont )?susceptibles d[^.;|()0-9]*"),
    ("including", r"\by compris\b"),
    ("noise", r"\ben acces libre\b|\bacces libre\b|\baux? mois d(?:e |')|\b(?:reguliers|habituels)\b"),
    (
        "otherwise",
        (
            rf"\b(?:et|ou)(?: eventuellement| egalement| aussi)? (?:uniquement )?sur {_APPOINTMENT}"
            r"(?: en dehors de ces (?:heures|horaires))?"
        ),
    ),
    ("without", rf"\bsans {_APPOINTMENT}"),
    (
        "appointment",
        rf"\b(?:{_ONLY} )?(?:sur |avec |prendre )?{_ASKED}(?:-? ?{_ONLY})*{_CONTACT}*",
    ),
    (
        "closed",
        (
            r"\bpas d'ouverture au public\b|\bclosed\b"
            r"|\bferm(?:ee?s?|etures?)\b(?: au public| annuelle| hebdomadaire| exceptionnelle)?"
        ),
    ),
    ("except", r"\b(?:sauf|excepte|hormis|a l'exception d(?:e|u|es))\b"),
    ("monthly", r"\b(?:du|de chaque|chaque|par) mois\b"),
    ("one_monthly", r"(?:\bune?|(?<!\d)1) (?=[a-z]+ par mois)"),
    ("am_pm", r"\b(?:apres[- ]midis?|matin(?:s|ees?)?|soirs?)\b"),
    ("time", r"\b(?:midi|minuit)\b"),
    (
        "time",
        (
            rf"(?<!\d)(?<!\d[.,])(?P<h1>\d{{1,2}}) ?(?:heures?|hrs?|h)(?:{_MINUTES}|(?![a-z])|(?=et\b))(?:h(?![a-z]))?"
            r"(?:\.(?= ?(?:[-),]|a\b|et\b)))?"
        ),
    ),
    ("time", r"(?<![\d.:])(?P<h2>\d{1,2}) ?: ?(?P<m2>[0-5]\d)(?!\d|:| ?h)"),
    ("time", r"(?<![\d.])(?P<h3>\d{1,2})\.(?P<m3>[0-5]\d)(?![.\d])"),
    ("nth", r"\b(?P<n1>[1-5]) ?(?:ers?|eres?|emes?|nde?s?|e|°)(?![a-z])"),
    ("nth", r"\b(?P<n2>premiers?|deuxiemes?|seconds?|troisiemes?|quatriemes?|derniers?)\b"),
    ("weekend", r"\b(?:week[- ]?ends?)\b"),
    ("weekdays", r"\ben semaine\b|\bjours de (?:la )?semaine\b"),
    ("day", r"\b(?P<day>lun|mar|mer(?:cr?)?|jeu|vend?r?|sam|dim)(?:\.|\b)"),
    ("noise", _NOISE),
    ("until", r"\bjusqu'(?:au|a)(?![a-z])"),
    ("label", rf"\b(?:la |le |les )?(?:{_PLACE})\b(?: municipale?)?"),
    ("to", r"\b(?:au|a)(?![a-z])|->|→"),
    ("between", r"\bentre(?![a-z])"),
    ("from", r"\b(?:de|du|des)(?![a-z])"),
    ("and", r"\b(?:et|puis)(?![a-z])|&|\+"),
    ("noise", rf"\b(?:{_NOISE_WORDS})(?![a-z])|\b[dl]'|\.(?= ?:)"),
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
"""Kind and pattern of each token. Groups: ``h1`` hours, ``m1`` minutes (to 3), ``n1``, ``n2`` ordinals, ``day``."""

MONTHS = (
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
"""January to December, as written out or cut short."""

SHORT_DAY = re.compile(r"(lu|ma|me|je|ve|sa|di)\b\.?")
BEFORE_SHORT = re.compile(r"(?:^|[|;,]|\d|h)\s*$")
AFTER_SHORT = re.compile(r"\s*(?:\d|:|-|,|\||$|semaines?|sur|sans|horaires|non|si|ferme|1er|de\b|du\b|le\b)")

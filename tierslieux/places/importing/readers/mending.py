"""From fields to a raw row: widths checked, broken bytes and NUL characters mended, and said."""

from __future__ import annotations

from tierslieux.places.importing.cleaning import has_broken_bytes, mend_bytes
from tierslieux.places.importing.record import RawRow, Refusal, Remark

BROKEN_FILE = Refusal(
    0,
    "",
    "",
    "le fichier s'arrête au milieu d'une ligne : il est tronqué ou abîmé",
    "le télécharger de nouveau et relancer l'import",
)


def as_row(line: int, header: list[str], fields: list[str]) -> RawRow | Refusal:
    """``fields`` under their column names; more or fewer than columns: refused (empty ones at the end aside)."""
    while len(fields) > len(header) and not fields[-1].strip():
        fields.pop()
    values = dict(zip(header, fields, strict=False))
    if len(fields) != len(header):
        return _wrong_width(line, header, fields, values)
    return mended(line, values)


def mended(line: int, values: dict[str, str]) -> RawRow:
    """A raw row without broken bytes or NUL; each repair is a remark."""
    whole = "".join(values.values())
    if "\x00" not in whole and (whole.isascii() or not has_broken_bytes(whole)):
        return RawRow(line, values)
    remarks = []
    for column, value in values.items():
        values[column], broken = mend_bytes(value.replace("\x00", ""))
        if broken:
            remarks.append(
                Remark(
                    column,
                    broken,
                    "octets qui ne sont pas de l'UTF-8, lus comme Windows-1252",
                    "enregistrer le fichier en UTF-8",
                )
            )
        if "\x00" in value:
            remarks.append(Remark(column, "\\x00", "caractères nuls retirés", "enregistrer le fichier en UTF-8"))
    return RawRow(line, values, tuple(remarks))


def _wrong_width(line: int, header: list[str], fields: list[str], values: dict[str, str]) -> Refusal:
    return Refusal(
        line,
        "",
        " | ".join(fields)[:200],
        f"{len(header)} colonnes attendues, {len(fields)} lues",
        "vérifier les séparateurs et les guillemets de cette ligne",
        values=mended(line, values).values,
    )

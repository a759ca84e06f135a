"""QR codes as drawings: the address that a guest opens at the desk or the door to say "J'y suis"."""

from __future__ import annotations

from io import BytesIO

import segno

MAX_ADDRESS = 500
"""Longer addresses make modules too small for a poster seen from a metre away."""


def qr_svg(url: str, title: str | None = None) -> str:
    """The code of ``url`` as an ``<svg>`` for a page or a poster: black on white, scalable, with a quiet zone.

    ``title`` is its name for a screen reader, else the address itself. A poster may lose 15 % of its surface (error
    correction M). ``ValueError`` for an empty address or one longer than ``MAX_ADDRESS``.
    """
    if not 0 < len(url) <= MAX_ADDRESS:
        raise ValueError("an address of 1 to 500 characters is needed")
    drawing, code = BytesIO(), segno.make_qr(url, error="m")
    code.save(drawing, kind="svg", xmldecl=False, omitsize=True, light="#fff", title=title or url, svgclass="qr")
    return drawing.getvalue().decode().replace("<svg ", '<svg role="img" ', 1)

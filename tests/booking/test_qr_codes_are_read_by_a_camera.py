"""The drawing of a QR code, painted and read by a decoder that shares nothing with what drew it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_templates import FORBIDDEN
from tierslieux.booking.qr import qr_svg

ADDRESS = "https://tierslieux.example/arrivee/4821-7?jeton=0193f3c2aa517d0e8a7b3f60c1d2e4f5"
SVG = "{http://www.w3.org/2000/svg}"
PIXELS = 4


def painted(svg: str) -> np.ndarray:
    """The picture: the background white, and one row of modules for each ``h`` of the path, ``m`` moving on."""
    root = ElementTree.fromstring(svg)  # noqa: S314
    side = int(root.attrib["viewBox"].split()[2])
    picture = np.full((side, side), 255, dtype=np.uint8)
    (path,) = [each for each in root.iter(f"{SVG}path") if "stroke" in each.attrib]
    x, y = 0.0, 0.0
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path.attrib["d"]):
        if command == "h":
            picture[int(y), int(x) : int(x) + int(first)] = 0
            x += int(first)
        else:
            x, y = (float(first), float(second)) if command == "M" else (x + float(first), y + float(second))
    return picture.repeat(PIXELS, axis=0).repeat(PIXELS, axis=1)


def read(svg: str) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(painted(svg))]


def test_the_address_is_read_back() -> None:
    assert read(qr_svg(ADDRESS)) == [ADDRESS]


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-._~/?=&%", min_size=1, max_size=200))
def test_every_address_is_read_back(rest: str) -> None:
    address = f"https://tierslieux.example/{rest}"
    assert read(qr_svg(address)) == [address]


def test_a_torn_corner_does_not_keep_it_from_being_read() -> None:
    picture = painted(qr_svg(ADDRESS))
    side = len(picture)
    picture[side // 2 : side // 2 + side // 8, side // 2 : side // 2 + side // 8] = 255
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS]


def test_a_screen_reader_is_told_what_it_is() -> None:
    root = ElementTree.fromstring(qr_svg(ADDRESS, "J'y suis : <Médiathèque> & co"))  # noqa: S314
    assert root.attrib["role"] == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "J'y suis : <Médiathèque> & co"
    assert ElementTree.fromstring(qr_svg(ADDRESS))[0].text == ADDRESS  # noqa: S314


def test_the_drawing_obeys_the_content_security_policy() -> None:
    assert [name for name, rule in FORBIDDEN.items() if rule.search(qr_svg(ADDRESS))] == []


@pytest.mark.parametrize("address", ["", "https://tierslieux.example/" + "a" * 500])
def test_an_address_that_cannot_be_read_from_a_poster_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        qr_svg(address)

"""A picture of a terminal has every word in the columns that it took there, in its colour, and needs nothing from elsewhere."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.make_screen_pictures import FOLDER, LANGUAGES, SCREENS
from tests.terminal_picture import COLUMN, MARGIN, terminal_picture


def texts(svg: str) -> dict[str, ElementTree.Element]:
    return {element.text or "": element for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("}text")}


def test_wide_characters_take_two_columns_and_what_follows_stands_behind_them() -> None:
    found = texts(terminal_picture("故障 <port_lost>\nok"))

    assert found["故障"].get("textLength") == str(4 * COLUMN)
    assert found["\u00a0<port_lost>"].get("x") == str(MARGIN + 4 * COLUMN)
    assert found["ok"].get("x") == str(MARGIN)


def test_colours_are_those_of_the_terminal() -> None:
    found = texts(terminal_picture("plain \x1b[1;31mred\x1b[0m"))

    assert found["plain\u00a0"].get("fill") is None
    assert (found["red"].get("font-weight"), bool(found["red"].get("fill"))) == ("bold", True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_every_screen_has_its_picture_and_it_names_no_place_elsewhere(screen: object, language: str) -> None:
    svg = (FOLDER / f"{screen.__name__}.{language}.svg").read_text(encoding="utf-8")  # type: ignore[attr-defined]

    assert texts(svg)
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"/(tmp|home|root)/", svg)

"""Scales put values where they belong, and what is drawn is an SVG that says in words what it shows."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.drawing.bars import Bar, bars
from tests.drawing.scale import Linear, Log, over
from tests.drawing.svg import DARK, LIGHT, Drawing

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("value", "pixel"),
    [
        pytest.param(0, 100, id="its low end"),
        pytest.param(5, 150, id="the middle"),
        pytest.param(10, 200, id="its high end"),
        pytest.param(99, 200, id="beyond it, at the edge"),
    ],
)
def test_a_linear_scale(value: float, pixel: float) -> None:
    assert Linear(0, 10, 100, 200).at(value) == pixel


def test_on_a_logarithmic_scale_each_decade_is_as_long_as_the_other() -> None:
    scale = Log(1, 100, 0, 200)

    assert [round(scale.at(value)) for value in (0.1, 1, 10, 100)] == [0, 0, 100, 200]
    assert scale.ticks() == [1, 3, 10, 30, 100]


def test_ticks_are_round_and_within() -> None:
    assert Linear(0, 23, 0, 1).ticks() == [0, 5, 10, 15, 20]
    assert over([0.0, 7.4], 0, 1).ticks(4) == [0, 2, 4, 6]


def test_a_bar_ends_at_its_value_and_the_line_stands_where_it_is_wanted() -> None:
    drawing = Drawing(400, 100, "Memory", "words")

    below = bars(drawing, [Bar("idle", 30, "30 MB", wanted=45)], Linear(0, 60, 100, 400), top=10)

    picture = ElementTree.fromstring(drawing.svg())
    bar = picture.findall(f"{SVG}rect")[1]
    line = picture.find(f"{SVG}line")
    assert line is not None
    assert (bar.get("x"), bar.get("width"), line.get("x1")) == ("100", "150", "325")
    assert below > 10


def test_a_drawing_says_what_it_shows_and_has_a_colour_for_light_and_dark() -> None:
    drawing = Drawing(100, 50, "A & B", "a < b")
    drawing.text(1, 2, "1 < 2")

    picture = ElementTree.fromstring(drawing.svg())

    assert (picture.findtext(f"{SVG}title"), picture.findtext(f"{SVG}desc")) == ("A & B", "a < b")
    assert picture.get("role") == "img"
    assert LIGHT.keys() == DARK.keys()
    assert all(colour in drawing.svg() for colour in [*LIGHT.values(), *DARK.values()])

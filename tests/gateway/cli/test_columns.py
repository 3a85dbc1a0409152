"""Lines for a terminal: no wider than it is, nothing left out, and none begins with a point that closes what stood before."""

from __future__ import annotations

import pytest

from gateway.cli.columns import width, wrapped

TEXTS = {
    "points": "手环、短信模块、一个 MQTT 服务器、一个平台。中间是“真正”的网关（见 docs/technician.zh-CN.md）；都是虚构的！",
    "long word": "执行：sudo /usr/lib/lifering/current/bin/lifering-with-a-very-long-name-that-nobody-would-ever-type。",
    "english": "Wristbands appear on a virtual Bluetooth link, and a hub on a pseudo-terminal (nothing of it is real).",
}


@pytest.mark.parametrize("columns", range(12, 60))
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_lines_are_no_wider_than_they_may_be_and_nothing_is_left_out(text: str, columns: int) -> None:
    lines = list(wrapped(text, columns=columns))

    assert max(map(width, lines)) <= columns
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("columns", range(30, 60))  # no word is longer, so none is cut
def test_a_closing_point_begins_no_line_and_an_opening_one_ends_none(columns: int) -> None:
    lines = list(wrapped(TEXTS["points"], columns=columns))

    assert [line for line in lines if line[0] in "、。；！）”" or line[-1] in "（“"] == []

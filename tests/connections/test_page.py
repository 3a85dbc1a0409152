"""The page on connections is what its figures say, and the week of it kept its promises."""

from __future__ import annotations

import pytest

from tests.connections import page
from tests.connections.picture import picture
from tests.connections.report import Group

REPORT = page.read()


def test_page_and_picture_are_made_of_the_figures() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.text(REPORT)
    assert page.PICTURE.read_text(encoding="utf-8") == picture(REPORT).svg()


def test_it_is_a_week_of_a_hundred_bands() -> None:
    assert REPORT.days == 7
    assert sum(group.bands for group in REPORT.groups) == 100


@pytest.mark.parametrize("group", [one for one in REPORT.groups if one.promised_s], ids=lambda group: group.kind)
def test_nobody_waited_longer_than_is_promised(group: Group) -> None:
    assert group.promised_s
    assert max(group.waits_s) <= group.promised_s

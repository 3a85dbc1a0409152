"""Every planted bad input is handled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bad_inputs.classes import CLASSES

TESTED_ELSEWHERE = ("commands", "replays")  # tables of other tests
ALL = [(name, planted) for name, kind in CLASSES.items() for planted in kind.INPUTS]

HERE = [one for one in ALL if one[0] not in TESTED_ELSEWHERE]


def test_there_are_at_least_four_hundred_of_twelve_classes() -> None:
    assert len(ALL) >= 400
    assert len(CLASSES) >= 12


@pytest.mark.parametrize(("name", "planted"), HERE, ids=[f"{name}: {planted}" for name, planted in HERE])
@pytest.mark.fault(
    "bytes from outside", "bad inputs of fifteen classes", promise="told in words or counted; the next good one is taken"
)
def test_it_is_told_in_words_or_counted_and_the_next_good_one_is_taken(name: str, planted: str, tmp_path: Path) -> None:
    kind = CLASSES[name]

    assert kind.said(kind.INPUTS[planted], tmp_path)

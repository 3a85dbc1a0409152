"""Every input that is kept, and every good one from which a search begins, given to its target, its steps counted."""

from __future__ import annotations

import pytest

from tests.fuzzing import kept
from tests.fuzzing.target import take_counted
from tests.fuzzing.targets import KINDS, targets

TARGETS = {target.name: target for module in KINDS for target in targets(module)}


@pytest.mark.parametrize("name", TARGETS)
def test_what_reaches_different_code_breaks_no_promise(name: str) -> None:
    target = TARGETS[name]

    for data in [*target.seeds(), *kept.inputs(name)]:
        take_counted(target, data)


def test_each_target_has_good_inputs_and_no_others_are_kept() -> None:
    assert {path.stem for path in kept.FOLDER.iterdir()} <= set(TARGETS)
    assert all(target.seeds() for target in TARGETS.values())
    assert sum(path.stat().st_size for path in kept.FOLDER.iterdir()) < 500_000

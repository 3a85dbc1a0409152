"""Each break of `./dev breaks` finds its line in the code of today, once, and its test: else it breaks something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.breaks import BREAKS, ROOT, Break
from tests.rule_breaks import RULE_BREAKS
from tests.simulation_breaks import FAULTS, Fault


@pytest.mark.parametrize("broken", [*BREAKS, *RULE_BREAKS], ids=lambda broken: broken.text.strip()[:60])
def test_each_break_finds_its_line_and_its_test(broken: Break) -> None:
    place, _, name = broken.test.partition("::")

    assert (ROOT / broken.file).read_text(encoding="utf-8").count(broken.text) == 1
    assert f"def {name.partition('[')[0]}" in Path(ROOT / place).read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_each_planted_fault_finds_its_line_and_its_tests(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.text) == 1
    for test in fault.tests:
        place, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}" in (ROOT / place).read_text(encoding="utf-8")

"""Each break of `./dev breaks` finds its line in the code of today, once, and its test: else it breaks something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.breaks import BREAKS, ROOT, Break
from tests.rule_breaks import RULE_BREAKS


@pytest.mark.parametrize("broken", [*BREAKS, *RULE_BREAKS], ids=lambda broken: broken.text.strip()[:60])
def test_each_break_finds_its_line_and_its_test(broken: Break) -> None:
    place, _, name = broken.test.partition("::")

    assert (ROOT / broken.file).read_text(encoding="utf-8").count(broken.text) == 1
    assert f"def {name.partition('[')[0]}" in Path(ROOT / place).read_text(encoding="utf-8")

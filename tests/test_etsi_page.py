"""docs/etsi-en-303-645.md answers every provision of the standard, with evidence that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "etsi-en-303-645.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| [56][\d.]*-\d", line)
]
# How many provisions each clause of V2.1.1 has.
CLAUSES = {"5.1": 5, "5.2": 3, "5.3": 16, "5.4": 4, "5.5": 8, "5.6": 9, "5.7": 2, "5.8": 3, "5.9": 3, "5.10": 1, "5.11": 4}
CLAUSES |= {"5.12": 3, "5.13": 1, "6": 5}


def test_every_provision_has_one_answer() -> None:
    assert [row[0] for row in ROWS] == [
        f"{clause}-{number + 1}" for clause, count in CLAUSES.items() for number in range(count)
    ]


def test_each_answer_is_one_of_four_and_says_why() -> None:
    for provision, kind, asks, answer, evidence in ROWS:
        assert kind in ("M", "R"), provision
        assert answer in ("yes", "partly", "no", "does not apply"), provision
        assert asks, provision
        assert evidence, provision


def test_the_evidence_is_there() -> None:
    named = re.findall(
        r"`((?:\.ci|docs|tests|systemd|gateway|config)/[\w./-]+|[A-Z]+\.md|pyproject\.toml|requirements\.txt)`", PAGE
    )

    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []

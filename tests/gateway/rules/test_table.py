"""The table of limits that is shipped, and what a table must be."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from drivers.measurement import UNITS
from gateway.errors import ConfigError
from gateway.rules.rows import PARTS
from gateway.rules.table import RuleTable
from tests.gateway.rules.ward import DATA, RULES_TOML, table


def changed(*path: str, to: object) -> dict[str, Any]:
    """The shipped table with one value changed."""
    data = deepcopy(DATA)
    section = data
    for key in path[:-1]:
        section = section[key]
    section[path[-1]] = to
    return data


def test_the_table_says_that_no_clinician_has_reviewed_it() -> None:
    text = RULES_TOML.read_text(encoding="utf-8")

    assert table().reviewed_by == ""
    assert "NOT YET REVIEWED BY A CLINICIAN" in text
    assert "尚未经临床医师审核" in text


def test_the_table_has_a_version() -> None:
    assert table().version == DATA["version"] == "2"


@pytest.mark.parametrize("kind", PARTS)
def test_every_number_has_a_source_and_every_kind_its_unit(kind: str) -> None:
    section = DATA[kind]

    assert section["unit"] == UNITS[kind]
    for rows in (section["limits"], section["persistence"], section["clear"]):
        assert all(row["source"] for row in rows.values())


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        pytest.param(
            ("heart_rate", "limits", "critical_high", "limit"),
            111,
            "heart_rate.limits.critical_high: limit_not_above, outer critical_high, value 111, inner warning_high, other 111",
            id="limits out of order",
        ),
        pytest.param(
            ("heart_rate", "clear", "five_minutes", "back"),
            25,
            "limit_too_little_above, outer critical_high, value 131, inner warning_high, other 111, gap 25, unit /min",
            id="a deadband wider than the gap",
        ),
        pytest.param(("blood_pressure", "unit"), "kPa", "blood_pressure.unit: table_unit, unit kPa", id="another unit"),
        pytest.param(
            ("oxygen_saturation", "limits", "warning_low", "source"),
            "",
            "oxygen_saturation.limits.warning_low.source: table_no_source",
            id="no source",
        ),
        pytest.param(
            ("body_temperature", "limits", "critical_high", "persistence"),
            "thrice",
            "table_row, persistence thrice",
            id="a loose end",
        ),
        pytest.param(
            ("heart_rate", "limits", "critical_high", "limit"), 300, "table_outside_rails, value 300", id="outside its rails"
        ),
        pytest.param(
            ("heart_rate", "persistence", "seconds", "lasting_s"), 0, "seconds: table_persistence", id="neither lasts nor waits"
        ),
        pytest.param(
            ("blood_pressure", "persistence", "confirmed", "lasting_s"),
            60,
            "confirmed: table_persistence",
            id="lasts and waits",
        ),
        pytest.param(
            ("heart_rate", "limits", "asleep_critical_low", "when"),
            "still",
            "asleep_critical_low: table_when, when still, situation asleep",
            id="a situation that is not that of the key",
        ),
        pytest.param(("heart_rate", "clear", "minute", "lasting_s"), -1, "table_clear", id="a negative time"),
        pytest.param(
            ("reviewed_by",), "Dr. Example, geriatrician", "reviewed_on: table_signature", id="a signature without a day"
        ),
        pytest.param(("reviewed_on",), "soon", "reviewed_on: table_signature", id="a day that is none"),
        pytest.param(("fixed", "sos", "level"), "advisory", "fixed.sos", id="an SOS that is not critical"),
        pytest.param(("heart_rate", "limit"), {}, "limit", id="an unknown key"),
    ],
)
def test_a_table_that_is_not_in_order_is_refused_with_the_key_and_the_reason(
    path: tuple[str, ...], value: object, words: str
) -> None:
    data = changed(*path, to=value)

    with pytest.raises(ConfigError) as refused:
        RuleTable.read(data)

    assert words in str(refused.value)


def test_an_unknown_limit_in_the_table_is_refused() -> None:
    data = deepcopy(DATA)
    data["heart_rate"]["limits"]["terrible_high"] = data["heart_rate"]["limits"]["critical_high"]

    with pytest.raises(ConfigError, match=r"heart_rate\.limits\.terrible_high: limit_unknown"):
        RuleTable.read(data)


def test_every_problem_of_a_table_is_told_at_once() -> None:
    data = deepcopy(DATA)
    data["heart_rate"]["unit"] = "Hz"
    data["oxygen_saturation"]["unit"] = "1"

    with pytest.raises(ConfigError) as refused:
        RuleTable.read(data)

    assert len(refused.value.problems) == 2


def test_a_table_that_is_signed_says_by_whom_and_when() -> None:
    signed = RuleTable.read({**DATA, "reviewed_by": "Dr. Example, geriatrician", "reviewed_on": "2027-01-31"})

    assert (signed.reviewed_by, signed.reviewed_on) == ("Dr. Example, geriatrician", "2027-01-31")


def test_every_row_that_is_a_proposal_says_so_or_names_its_source() -> None:
    sources = [row["source"] for kind in PARTS for row in DATA[kind]["limits"].values()]

    assert all(any(word in source for word in KNOWN_SOURCES) for source in sources)


KNOWN_SOURCES = ("proposal", "NEWS2", "AHA", "Chinese guideline", "IDSA", "TIHM", "Chest 1996", "Holter")

"""Each limit of the table divides exactly where the table says, in whatever way a value came to be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from drivers.measurement import BloodPressure, Kind, Value
from gateway.rules.rows import PARTS, Key, RuledKind, key_of
from tests.gateway.rules.ward import EXACT, HOUR_S, Ward, reading, steps, together

NORMAL = {"": Decimal(0), "systolic_": Decimal(120), "diastolic_": Decimal(75)}
URGENCY = ["nothing", "advisory", "warning", "critical"]
EVERY_S = 60
NIGHT_S = 14 * HOUR_S  # 21:30 in Shanghai
WALK = 120  # steps a minute
STEPS = {"asleep_": 0, "moving_": WALK, "still": 0}


def rows_of(kind: RuledKind) -> dict[str, Any]:
    """The rows that go by the value alone."""
    return {name: row for name, row in EXACT[kind]["limits"].items() if not name.startswith("own_")}


def key(kind: RuledKind, name: str) -> Key:
    found = key_of(kind, name)
    assert found is not None
    return found


def neighbours() -> Iterator[Any]:
    """Every limit of the table, and its two neighbours on the scale."""
    for kind in PARTS:
        step = Decimal("0.1") if kind == "body_temperature" else Decimal(1)
        for name, row in rows_of(kind).items():
            doing = key(kind, name).situation or row.get("when", "always")
            for value in (row["limit"] - step, row["limit"], row["limit"] + step):
                yield pytest.param(kind, key(kind, name).part, doing, value, id=f"{kind} {name} {value}")


FOR = {  # what a row is for -> in which of the situations it holds
    "always": {"asleep_", "moving_", "still", "unknown_"},
    "awake": {"moving_", "still", "unknown_"},
    "rest": {"still", "unknown_"},
    "still": {"still", "asleep_"},
    "asleep_": {"asleep_"},
    "moving_": {"moving_"},
    "unknown_": {"unknown_"},
}


def expected(kind: RuledKind, part: str, doing: str, value: Decimal) -> str:
    """The most urgent level that the table's rows give this value to who does this; exact decimals, read by hand."""
    levels = ["nothing"]
    for name, row in rows_of(kind).items():
        crossed = value >= row["limit"] if name.endswith("_high") else value <= row["limit"]
        if value == row["limit"]:
            crossed = row.get("inclusive", True)
        if crossed and key(kind, name).part == part and doing in FOR[key(kind, name).situation or row.get("when", "always")]:
            levels.append(key(kind, name).level.replace("extreme", "critical"))
    return max(levels, key=URGENCY.index)


def value_of(kind: RuledKind, part: str, value: Decimal) -> Value:
    if kind != "blood_pressure":
        return float(value)
    numbers = {**NORMAL, part: value}
    return BloodPressure(float(numbers["systolic_"]), float(numbers["diastolic_"]))


@pytest.mark.parametrize(("kind", "part", "doing", "value"), [*neighbours()])
def test_a_value_that_lasts_gets_the_level_that_the_table_gives_it(
    kind: RuledKind, part: str, doing: str, value: Decimal
) -> None:
    ward = Ward()
    doing = {"always": "unknown_", "awake": "unknown_", "rest": "unknown_"}.get(doing, doing)
    since_s = NIGHT_S + HOUR_S if doing == "asleep_" else 2 * HOUR_S
    known = steps(STEPS[doing], since_s - HOUR_S, since_s + HOUR_S) if doing in STEPS else []

    values = [reading(kind, value_of(kind, part, value), since_s + number * EVERY_S) for number in range(60)]
    ward.takes(*together(known, values))

    assert max(["nothing", *ward.priorities], key=URGENCY.index) == expected(kind, part, doing, value)
    assert len(ward.alerts) == (expected(kind, part, doing, value) != "nothing")
    assert not any(alert.unconfirmed for alert in ward.alerts)


@pytest.mark.parametrize(
    "computed",
    [
        pytest.param(0.1 * 378, id="a mantissa of 378 with exponent -1"),
        pytest.param((100.04 - 32) * 5 / 9, id="from Fahrenheit"),
        pytest.param(37.7 + 0.1, id="a sum"),
        pytest.param(37.8, id="as it is written"),
    ],
)
def test_37_8_is_never_above_37_8(computed: float) -> None:
    ward = Ward()

    told = ward.takes(reading("body_temperature", computed, 0))

    assert told == []


@pytest.mark.parametrize(
    "computed",
    [
        pytest.param(0.1 * 391, id="a mantissa of 391 with exponent -1"),
        pytest.param((102.38 - 32) * 5 / 9, id="from Fahrenheit"),
        pytest.param(39.2 - 0.1, id="a difference"),
        pytest.param(39.1, id="as it is written"),
    ],
)
def test_39_1_always_reaches_39_1(computed: float) -> None:
    ward = Ward()

    ward.takes(*(reading("body_temperature", computed, number * 60) for number in range(3)))

    assert "critical" in ward.priorities


@pytest.mark.parametrize("kind", ["skin_temperature", "steps", "battery"])
def test_a_kind_without_rules_is_no_reason_for_an_alert(kind: Kind) -> None:
    ward = Ward()

    told = ward.takes(*(reading(kind, 100, number * 60) for number in range(30)))

    assert told == []

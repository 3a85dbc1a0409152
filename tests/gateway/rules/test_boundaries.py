"""Each limit of the table divides exactly where the table says, in whatever way a value came to be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from drivers.measurement import BloodPressure, Kind, Value
from gateway.rules.rows import PARTS, RuledKind
from tests.gateway.rules.ward import EXACT, Ward, reading

NORMAL = {"": Decimal(0), "systolic_": Decimal(120), "diastolic_": Decimal(75)}
URGENCY = ["nothing", "advisory", "warning", "critical"]
EVERY_S = {"heart_rate": 30, "blood_pressure": 120, "body_temperature": 310, "oxygen_saturation": 30}


def neighbours() -> Iterator[Any]:
    """Every limit of the table, and its two neighbours on the scale."""
    for kind in PARTS:
        step = Decimal("0.1") if kind == "body_temperature" else Decimal(1)
        for name, row in EXACT[kind]["limits"].items():
            part = next(part for part in PARTS[kind] if name.startswith(part))
            for value in (row["limit"] - step, row["limit"], row["limit"] + step):
                yield pytest.param(kind, part, value, id=f"{kind} {part}{value}")


def expected(kind: RuledKind, part: str, value: Decimal) -> str:
    """The most urgent level that the table's rows give this value; exact decimals, read by hand."""
    levels = ["nothing"]
    for name, row in EXACT[kind]["limits"].items():
        crossed = value >= row["limit"] if name.endswith("_high") else value <= row["limit"]
        if value == row["limit"]:
            crossed = row.get("inclusive", True)
        if crossed and name.startswith(part):
            levels.append(name.split("_")[-2].replace("extreme", "critical"))
    return max(levels, key=URGENCY.index)


def value_of(kind: RuledKind, part: str, value: Decimal) -> Value:
    if kind != "blood_pressure":
        return float(value)
    numbers = {**NORMAL, part: value}
    return BloodPressure(float(numbers["systolic_"]), float(numbers["diastolic_"]))


@pytest.mark.parametrize(("kind", "part", "value"), [*neighbours()])
def test_a_value_that_lasts_gets_the_level_that_the_table_gives_it(kind: RuledKind, part: str, value: Decimal) -> None:
    ward = Ward()

    ward.takes(*(reading(kind, value_of(kind, part, value), number * EVERY_S[kind]) for number in range(40)))

    assert max(["nothing", *ward.priorities], key=URGENCY.index) == expected(kind, part, value)
    assert len(ward.alerts) == (expected(kind, part, value) != "nothing")
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

    ward.takes(*(reading("body_temperature", computed, number * 310) for number in range(3)))

    assert "critical" in ward.priorities


@pytest.mark.parametrize("kind", ["skin_temperature", "respiratory_rate", "steps", "battery"])
def test_a_kind_without_rules_is_no_reason_for_an_alert(kind: Kind) -> None:
    ward = Ward()

    told = ward.takes(*(reading(kind, 100, number * 60) for number in range(30)))

    assert told == []

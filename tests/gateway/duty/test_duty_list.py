"""Whose phone it is, however its number is written, and who is asked at this hour, in the order of the list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from drivers.measurement import Position
from gateway.duty.duty_list import DutyList, Phone
from gateway.duty.phone_numbers import international, is_usual, read
from gateway.duty.responders import Volunteer, Volunteers
from gateway.duty.shift import read as shift

NIGHT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIST = DutyList(
    (
        Phone("day", "13800000001", shift("", "08:00-20:00"), test=True),
        Phone("always", "+8613800000002"),
        Phone("office", "138 0000 0003", shift("", "09:00-17:00")),
    )
)


def test_those_on_duty_are_asked_in_the_order_of_the_list() -> None:
    assert [phone.name for phone in LIST.on_duty(NOON)] == ["day", "always", "office"]
    assert [phone.name for phone in LIST.on_duty(NIGHT)] == ["always"]


def test_where_nobody_is_on_duty_everybody_is_asked() -> None:
    by_day = DutyList((LIST.phones[0], LIST.phones[2]))

    assert [phone.name for phone in by_day.on_duty(NIGHT)] == ["day", "office"]


@pytest.mark.parametrize(
    "number",
    [
        "13800000001",
        "+8613800000001",
        "008613800000001",
        "8613800000001",
        "+86 138-0000-0001",
        "１３８０００００００１",
        "013800000001",
    ],
)
def test_a_number_is_known_however_it_is_written(number: str) -> None:
    found = LIST.whose(number)

    assert found
    assert found.name == "day"


@pytest.mark.parametrize("number", ["", "10086", "13800000009", "+113800000001", "+49 138 0000001", "no number", "380000001"])
def test_another_number_is_nobodys(number: str) -> None:
    assert LIST.whose(number) is None


def test_another_country_has_other_numbers() -> None:
    german = DutyList((Phone("a", "0151 2345678"),), country="+49")

    assert german.whose("+491512345678") == german.phones[0]
    assert international("0151 2345678", "+49") == "+491512345678"


@pytest.mark.parametrize("text", ["1.38E+10", "12", "", "+", "13800000001a", "1" * 16, "138/0000"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert read(text) is None


def test_a_landline_of_china_is_unusual_for_a_message() -> None:
    assert is_usual("13800000001", "+86")
    assert not is_usual("010-12345678", "+86")
    assert is_usual("0301234567", "+49")


def test_the_nearest_volunteers_on_duty_are_named_with_their_distance() -> None:
    volunteers = Volunteers(
        (
            Volunteer("far", "1", 30.60, 120.68),
            Volunteer("near", "2", 30.5316, 120.68),
            Volunteer("asleep", "3", 30.53, 120.68, shift("", "08:00-20:00")),
        )
    )

    found = volunteers.nearest(Position(30.53, 120.68), NIGHT)

    assert [(one.name, one.distance_m) for one in found] == [("near", 178), ("far", 7784)]

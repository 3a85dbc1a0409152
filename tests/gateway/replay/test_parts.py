"""The small parts of a replay, each for itself."""

from __future__ import annotations

import io
import json
import os
import threading
import types
from collections.abc import Generator
from contextlib import closing

import pytest

from drivers.measurement import BloodPressure
from gateway.replay import source
from gateway.replay.driving import done
from gateway.replay.duplicates import Duplicates, Series
from gateway.replay.lines import Numbered, ReadingLine, read
from gateway.replay.reading_ids import ReadingIds
from gateway.replay.source import Source
from gateway.replay.worn_time import WornDevice
from tests.gateway.replay.played import Line, at, deed, played, reading

MIN = 60_000
DAY = 24 * 60 * MIN


def line(**others: object) -> bytes:
    return json.dumps({"wearer": "W-1", "kind": "heart_rate", "value": 70, "at": at(0), **others}).encode() + b"\n"


@types.coroutine
def waits() -> Generator[None]:
    yield


def test_work_that_would_wait_is_a_bug_and_not_a_hang() -> None:
    with pytest.raises(RuntimeError, match="waits for something"):
        done(waits())


# --- the input, twice -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [10, 2])
def test_a_file_and_a_pipe_give_the_same_lines_again_and_again(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    monkeypatch.setattr(source, "IN_MEMORY", kept)
    raw = line() + b"\n" + b"{\n" + line(value=71) + line(value=72)
    reading, writing = os.pipe()

    def feed() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(raw)

    feeding = threading.Thread(target=feed)
    feeding.start()

    def numbers(of: Source) -> list[int]:
        return [numbered.number for numbered in of.lines()]

    with os.fdopen(reading, "rb") as pipe:
        for lines in (Source(io.BytesIO(raw)), Source(pipe)):
            with closing(lines):
                assert [numbers(lines), numbers(lines), numbers(lines)] == [[1, 3, 4, 5]] * 3
    feeding.join()


def test_a_file_is_read_from_where_it_stands() -> None:
    file = io.BytesIO(b"{\n" + line())
    file.readline()

    assert [type(numbered) for numbered in Source(file).lines()] == [Numbered]


# --- one reading is one reading ---------------------------------------------------------------------------------------


def test_readings_of_one_series_come_in_any_order_and_each_is_new_once() -> None:
    series = Series(forgets=True)

    came = [(5, 70), (9, 70), (7, 70), (7, 71), (7, 70), (5, 70), (5, 71), (9, 70), (1, 70), (1, 70)]

    assert [series.is_new(at_ms, value, 0) for at_ms, value in came] == [
        True,
        True,
        True,
        True,
        False,
        False,
        True,
        False,
        True,
        False,
    ]


def test_values_that_are_no_numbers_are_told_apart() -> None:
    series = Series(forgets=True)
    values = (BloodPressure(120, 80), BloodPressure(121, 80), BloodPressure(120, 80), "sos", "press", "sos", True)

    assert [series.is_new(5, value, 0) for value in values] == [True, True, False, True, True, False, True]


@pytest.mark.parametrize("id_", ["g/1/5", "g/1/123456789012", "g/1/007", "odd", "g/1/A5"])
def test_an_id_comes_once(id_: str) -> None:
    duplicates = Duplicates()

    def is_new(value: int) -> bool:
        found = read(line(id=id_, value=value))
        assert isinstance(found, ReadingLine)
        return duplicates.is_new("D", found, 0)

    assert [is_new(70), is_new(71)] == [True, False]


def test_of_a_stream_without_end_two_days_are_remembered() -> None:
    series, minutes = Series(forgets=True), range(0, 20 * DAY, MIN)

    assert all(series.is_new(at_ms, 70, at_ms) for at_ms in minutes)

    assert len(series) <= 3 * 2 * DAY // MIN
    recent = range(minutes[-1] - 2 * DAY, minutes[-1] + MIN, MIN)
    assert not any(series.is_new(at_ms, 70, minutes[-1]) for at_ms in recent)


def test_a_press_is_known_however_long_ago_it_was() -> None:
    presses = Series(forgets=False)

    assert all(presses.is_new(at_ms, "sos", at_ms) for at_ms in range(0, 20 * DAY, MIN))

    assert not any(presses.is_new(at_ms, "sos", 20 * DAY) for at_ms in range(0, 20 * DAY, MIN))


def test_an_id_that_does_not_count_up_is_known_for_a_day_at_least_and_then_forgotten() -> None:
    duplicates = Duplicates()

    def is_new(id_: str, now_ms: int) -> bool:
        found = read(line(id=id_, at=at(now_ms / 1000)))
        assert isinstance(found, ReadingLine)
        return duplicates.is_new("D", found, now_ms)

    assert all(is_new(f"odd-{minute}", minute * MIN) for minute in range(10 * DAY // MIN))

    assert not is_new(f"odd-{9 * DAY // MIN + 1}", 10 * DAY)
    assert duplicates.odd_ids <= 2 * DAY // MIN


def test_ids_are_told_as_they_came() -> None:
    ids = ReadingIds("replay/1")

    numbers = [ids.number(id_) for id_ in ("g/3/17", "h/3/17", "g/3/18", "", "odd", "g/3/007")]

    assert [f"{ids.origin(number.epoch)}/{number.seq}" for number in numbers] == [
        "g/3/17",
        "h/3/17",
        "g/3/18",
        "replay/1/1",
        "replay/1/2",
        "replay/1/3",
    ]


# --- worn time --------------------------------------------------------------------------------------------------------


def test_worn_time_does_not_depend_on_the_order_in_which_readings_come() -> None:
    minutes = [0, 20, 45, 100, 110, 170]
    orders = (minutes, minutes[::-1], [100, 0, 170, 45, 110, 20])

    worn = []
    for order in orders:
        device = WornDevice()
        for minute in order:
            device.measured(minute * MIN)
        device.said(105 * MIN, "worn", False)
        worn.append(device.worn_ms)

    assert worn == [(45 + 5) * MIN] * 3


# --- sensors that are doubted -------------------------------------------------------------------------------------------

FINGER, CUFF, CUFFLESS = ({"driver": name, "device": name} for name in ("contec-cms50", "omron-bp", "ycbt"))


def pressure(seconds: float, systolic: int, diastolic: int, **others: object) -> Line:
    return reading(seconds, "blood_pressure", {"systolic": systolic, "diastolic": diastolic}, **others)


def test_what_a_finger_measures_is_not_outweighed_by_a_wrist_that_finds_nothing() -> None:
    finger = [reading(t, "oxygen_saturation", 85, **FINGER) for t in range(0, 600, 60)]
    wrist = [reading(t, "oxygen_saturation", 97) for t in range(10, 600, 30)]

    lines = sorted([*finger, *wrist], key=lambda line: line["at"])
    first = played(lines).alerts[0]

    assert (first["kind"], first["priority"], first["sent_at"]) == ("oxygen_saturation", "critical", at(60))


def test_what_a_wrist_measures_is_outweighed_by_a_finger() -> None:
    finger = [reading(t, "oxygen_saturation", 97, **FINGER) for t in range(10, 600, 30)]
    wrist = [reading(t, "oxygen_saturation", 85) for t in range(0, 600, 60)]

    lines = sorted([*finger, *wrist], key=lambda line: line["at"])
    assert played(lines).alerts == []


def test_what_a_cuff_said_is_not_refuted_by_an_estimate_without_one() -> None:
    lines = [pressure(0, 230, 131, **CUFF), pressure(40, 120, 80, **CUFFLESS), deed(700, "wait")]

    told = [(alert["event"], alert["priority"], alert["detail"]) for alert in played(lines).alerts]

    assert told[:2] == [("raised", "warning", None), ("escalated", "critical", "could_not_confirm")]


def test_an_estimate_is_refuted_by_a_cuff() -> None:
    lines = [pressure(0, 230, 131, **CUFFLESS), pressure(40, 120, 80, **CUFF)]

    told = [(alert["event"], alert["detail"]) for alert in played(lines).alerts]

    assert told == [("raised", "sensor_unvalidated"), ("cleared", "not_confirmed")]


def test_an_estimate_that_a_finger_or_cuff_confirms_is_told_when_it_was_confirmed() -> None:
    wrist = [reading(t, "oxygen_saturation", 86) for t in range(0, 600, 60)]

    last = played([*wrist, reading(650, "oxygen_saturation", 86, **FINGER)]).alerts[-1]

    assert (last["event"], last["priority"], last["late_s"]) == ("escalated", "critical", 0)

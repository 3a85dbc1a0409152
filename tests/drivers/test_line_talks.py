"""What is said at serial lines: every talk goes as its vector says, and ends in time, whatever the device does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

import drivers
from drivers.driver import (
    BytesReceived,
    Context,
    Fetch,
    Listen,
    Measure,
    Order,
    ReportItems,
    SerialDriver,
    Silence,
    Store,
    Wait,
)
from drivers.serial_line import beurer_bm58, nonin, omg_serial, oximeter_bci, raycome_rbp
from drivers.serial_line import contec_cms50_talk as contec
from tests.drivers import vectors
from tests.drivers.band import EVERY_ORDER
from tests.drivers.line import Line, play
from tests.drivers.vectors import LineDialogue

NOON = datetime(2026, 11, 23, 9, 5, 30)  # noqa: DTZ001 (a device's clock has no zone)
SAID: dict[str, dict[str, bytes]] = {
    "raycome-rbp": {"connect": raycome_rbp.CONNECT, "start": raycome_rbp.START, "stop": raycome_rbp.STOP},
    "contec-cms50": {
        "start live": contec.command(contec.START_LIVE),
        "stop live": contec.command(contec.STOP_LIVE),
        "still here (every 5 s)": contec.command(contec.STILL_HERE),
        "stored segments of user 0": contec.command(contec.SEGMENTS, 0),
        "stored length, user 0, segment 0": contec.command(contec.LENGTH, 0, 0),
        "stored start time": contec.command(contec.START, 0, 0),
        "stored data": contec.command(contec.STORED, 0, 0),
        "stop stored": contec.command(contec.STOP_STORED, 0, 0),
        "set date 2026-11-23, Monday": contec.set_date(NOON),
        "set time 09:05:30": contec.set_time(NOON),
        "delete all segments of user 0": contec.command(contec.DELETE, 0, contec.ALL),
    },
    "nonin-df2": {"format 2": nonin.set_format(2)},
    "nonin-df7": {"format 7": nonin.set_format(7)},
    "nonin-df8": {"format 8": nonin.set_format(8)},
    "nonin-df13": {
        "format 13": nonin.set_format(13),
        "set time 2050-12-31 14:30:15": nonin.set_time(datetime(2050, 12, 31, 14, 30, 15)),  # noqa: DTZ001
    },
    "oximeter-bci": {"fetch the store": oximeter_bci.FETCH, "back to live data": oximeter_bci.LIVE},
    "beurer-bm58": {
        "hello": beurer_bm58.HELLO,
        "identify": beurer_bm58.IDENTIFY,
        "how many": beurer_bm58.HOW_MANY,
        "record 1": beurer_bm58.ask_for(1),
    },
    "omg-serial": {"the answer to a heartbeat": omg_serial.ACKNOWLEDGEMENT + b"\r\n"},
}

SPEAKING = [driver for driver in drivers.DRIVERS if isinstance(driver, SerialDriver) and driver.converse]
GARBAGE = [b"\x00", b"\xff", bytes(range(256)), b"\x55" * 500, b"$\r\n{", b"\xaa\x80\x03", b"\xf2\x80\x00"]
MEASURE_OR_FETCH = pytest.mark.parametrize("order", [Measure(), Fetch()], ids=lambda order: order.name)
LONGEST_S = 200  # a cuff measures for three minutes


@pytest.mark.parametrize(
    ("driver", "dialogue"),
    [
        pytest.param(drivers.driver(one.driver), dialogue, id=f"{one.driver}: {dialogue.name}")
        for one in vectors.ALL
        for dialogue in one.talk
    ],
)
def test_a_talk(driver: SerialDriver, dialogue: LineDialogue) -> None:
    play(driver, dialogue)


def test_everything_that_is_said_is_said_as_the_sheets_say() -> None:
    written = {one.driver: {said.name: bytes.fromhex(said.hex) for said in one.said} for one in vectors.ALL if one.said}

    assert written == SAID


def everything_said(driver: SerialDriver) -> Iterator[bytes]:
    """What the device says in the vectors of this driver, piece by piece."""
    for dialogue in vectors.BY_DRIVER[driver.name].talk:
        yield from (bytes.fromhex(step.comes) for step in dialogue.step if step.comes)
    yield from (frame.data for frame in vectors.BY_DRIVER[driver.name].frame)


def answered_after_s(driver: SerialDriver, order: Order, says: Iterator[bytes], every_s: float = 0.5) -> float:
    """How long an order waits for its answer when the device says these things, one every half second, then nothing."""
    assert driver.converse
    line = Line(driver.converse(Context()), "2026-11-23T09:05:30")
    ordered_s: float | None = None
    for _ in range(10_000):
        if line.answered:
            assert [answered.order for answered in line.answered] == [order]
            return line.now_s - (ordered_s or 0)
        if not isinstance(line.want, Wait):
            line.next(True)
        elif ordered_s is None:
            ordered_s = line.now_s
            line.happens(order)
        elif (data := next(says, None)) is not None:
            line.now_s += every_s
            line.happens(BytesReceived(data))
        else:
            line.passes(line.want.seconds)
    raise AssertionError(f"not answered after {line.now_s} s")


@pytest.mark.parametrize("driver", SPEAKING, ids=lambda driver: driver.name)
@EVERY_ORDER
def test_an_order_is_answered_in_time_though_the_device_says_nothing(driver: SerialDriver, order: Order) -> None:
    if not isinstance(order, Listen):
        assert answered_after_s(driver, order, iter(())) <= LONGEST_S


@pytest.mark.parametrize("driver", SPEAKING, ids=lambda driver: driver.name)
@MEASURE_OR_FETCH
@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: garbage[:4].hex())
def test_an_order_is_answered_in_time_though_the_device_babbles(driver: SerialDriver, order: Order, garbage: bytes) -> None:
    assert answered_after_s(driver, order, iter([garbage] * 5_000)) <= LONGEST_S


@pytest.mark.parametrize("driver", SPEAKING, ids=lambda driver: driver.name)
@MEASURE_OR_FETCH
def test_an_order_is_answered_in_time_though_the_device_stalls_at_any_step(driver: SerialDriver, order: Order) -> None:
    said = list(everything_said(driver))

    for stalls_after in range(len(said)):
        assert answered_after_s(driver, order, iter(said[:stalls_after])) <= LONGEST_S


@pytest.mark.parametrize("driver", SPEAKING, ids=lambda driver: driver.name)
@MEASURE_OR_FETCH
def test_an_order_is_answered_in_time_though_the_device_repeats_itself_or_answers_out_of_order(
    driver: SerialDriver, order: Order
) -> None:
    said = list(everything_said(driver))

    assert answered_after_s(driver, order, iter(said[::-1])) <= LONGEST_S
    for one in said:
        assert answered_after_s(driver, order, iter([one] * 1_000)) <= LONGEST_S


@pytest.mark.parametrize("driver", SPEAKING, ids=lambda driver: driver.name)
def test_a_device_that_talks_on_is_never_waited_for_without_an_end(driver: SerialDriver) -> None:
    assert driver.converse
    conversation = driver.converse(Context())
    want = conversation.send(None)

    for _ in range(1_000):
        if isinstance(want, Wait):
            assert 0 < want.seconds <= 10
            want = conversation.send(Silence())
        else:
            want = conversation.send(0.0 if not isinstance(want, ReportItems | Store) else True)


def test_a_cuff_is_never_started_without_being_asked() -> None:
    driver = next(driver for driver in SPEAKING if driver.name == "raycome-rbp")
    assert driver.converse
    line = Line(driver.converse(Context()))

    for data in everything_said(driver):
        if isinstance(line.want, Wait):
            line.happens(BytesReceived(data))
        else:
            assert line.want.data == raycome_rbp.CONNECT  # type: ignore[union-attr]
            line.next(True)

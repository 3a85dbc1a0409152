"""A conversation ends by itself, whatever the band does, and never waits for what will not come."""

from __future__ import annotations

import pytest

import drivers
from drivers.driver import Answer, Ask, ConnectionDriver, Notified, Now, Read, Report, Services, Silence, Subscribe, Wait, Write
from drivers.standard.conversation import VISIT_LASTS_S
from tests.drivers.band import services

EVERYTHING = services(
    {
        "180d/2a37": ["notify"],
        "180d/2a38": ["read"],
        "1810/2a35": ["indicate"],
        "1810/2a08": ["read", "write"],
        "1809/2a1c": ["indicate"],
        "1809/2a1d": ["read"],
        "180f/2a19": ["read", "notify"],
        "1805/2a2b": ["read", "write"],
        "1802/2a06": ["write-without-response"],
    }
)
CUFF = services({"1810/2a35": ["indicate"]})
VISIT = Ask(do="visit", clock="2026-11-23T09:00:05+08:00")
GARBAGE: list[Answer] = [None, False, True, b"", b"\xff" * 20, Notified("no uuid", b"\x00"), Silence(), 7.5]

CONNECTED = [driver for driver in drivers.DRIVERS if isinstance(driver, ConnectionDriver)]


def lasts_s(driver: ConnectionDriver, offered: Services, ask: Ask, answer: Answer, says: bytes | None = None) -> float:
    """How long a conversation lasts with a band that always answers this, and, if it `says` a value, repeats it each second."""
    now_s = 0.0
    conversation = driver.converse(offered, ask)
    reply: Answer = None
    try:
        for _ in range(100_000):
            match conversation.send(reply):
                case Now():
                    reply = now_s
                case Report():
                    reply = None
                case Wait(seconds):
                    now_s += 1 if says is not None else seconds
                    reply = Silence() if says is None else Notified(driver.services[0].replace("1810", "2a35"), says)
                case Subscribe() | Read() | Write():
                    reply = answer
    except StopIteration:
        return now_s
    raise AssertionError(f"still talking after {now_s} s")


@pytest.mark.parametrize("driver", CONNECTED, ids=lambda driver: driver.name)
@pytest.mark.parametrize("do", ["visit", "listen", "vibrate", "clock", "find", "measure", "fetch", "pair", "automatic", "text"])
@pytest.mark.parametrize("answer", GARBAGE, ids=repr)
def test_whatever_the_band_answers_a_silent_one_is_left_within_two_minutes(
    driver: ConnectionDriver, do: str, answer: Answer
) -> None:
    ask = Ask(do=do, clock=VISIT.clock)  # type: ignore[arg-type]

    assert lasts_s(driver, EVERYTHING, ask, answer) <= 120


@pytest.mark.parametrize(
    "says", [b"", b"\xff" * 20, bytes.fromhex("00800052006100")], ids=["nothing", "garbage", "one reading"]
)
def test_a_cuff_that_repeats_itself_without_end_is_left_after_three_minutes(says: bytes) -> None:
    driver = drivers.driver("ble-blood-pressure")
    assert isinstance(driver, ConnectionDriver)

    assert lasts_s(driver, CUFF, VISIT, True, says) <= VISIT_LASTS_S


def test_an_offer_of_nothing_is_left_at_once() -> None:
    for driver in CONNECTED:
        assert lasts_s(driver, Services({}), VISIT, True) == 0


def test_a_closed_conversation_says_no_more() -> None:
    driver = CONNECTED[0]
    conversation = driver.converse(EVERYTHING, VISIT)
    next(conversation)

    conversation.close()

    with pytest.raises(StopIteration):
        next(conversation)


def test_the_longest_silence_that_a_driver_declares_is_the_one_it_waits_for() -> None:
    for driver in CONNECTED:
        if driver.streams:
            assert lasts_s(driver, services({"180d/2a37": ["notify"]}), Ask(do="listen"), True) == driver.silence_s

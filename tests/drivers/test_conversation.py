"""A conversation ends by itself, whatever the band does, and never waits for what will not come."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

import drivers
from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import (
    Answer,
    Answered,
    ClockAhead,
    ConnectionDriver,
    Context,
    Conversation,
    Fetch,
    Learnt,
    Listen,
    LocalTime,
    Measure,
    Notified,
    Now,
    Order,
    Outcome,
    PairAgain,
    Report,
    Services,
    Silence,
    Store,
    Vibrate,
    Visit,
    Wait,
    Want,
)
from drivers.standard.conversation import VISIT_LASTS_S
from tests.drivers import vectors
from tests.drivers.band import EVERY_ORDER, context, ordered, services
from tests.drivers.vectors import Dialogue

CONNECTED = [driver for driver in drivers.DRIVERS if isinstance(driver, ConnectionDriver)]
EVERY_DRIVER = pytest.mark.parametrize("driver", CONNECTED, ids=lambda driver: driver.name)

LONGEST_ORDER_S = 300  # what the gateway gives a whole visit
LEFT_S = 120  # a band that says nothing at all is left sooner
CLOCK = datetime.fromisoformat("2026-11-23T09:00:05+08:00")
PAIRED = Context(key=bytes(16))
CUFF = services({"1810/2a35": ["indicate"]})
EVERYTHING = services(
    {
        "180d/2a37": ["notify"],
        "180d/2a38": ["read"],
        "1810/2a35": ["indicate"],
        "1810/2a08": ["read", "write"],
        "1809/2a1c": ["indicate"],
        "1809/2a1d": ["read"],
        "1822/2a5e": ["indicate"],
        "1822/2a52": ["indicate", "write"],
        "1819/2a67": ["notify"],
        "180f/2a19": ["read", "notify"],
        "1805/2a2b": ["read", "write"],
        "1802/2a06": ["write-without-response"],
        "180a/2a29": ["read"],
    }
)
"""Everything that standard profiles have."""


# --- bands ---

Band = Callable[[Want, float], Answer]
"""Answers a want; the time is in seconds. A Wait that it does not answer with something that happens ends in Silence."""


class Lived(Struct):
    """What came of a conversation."""

    seconds: float = 0
    answered: list[Answered] = field(default_factory=list)

    def answers(self, order: Order) -> list[Outcome]:
        """What came of an order."""
        return [answered.outcome for answered in self.answered if answered.order is order]


def live(conversation: Conversation, band: Band, steps: int = 200_000) -> Lived:
    """Talks until the conversation is over."""
    lived = Lived()
    answer: Answer = None
    try:
        for _ in range(steps):
            want = conversation.send(answer)
            match want:
                case Now():
                    answer = lived.seconds
                case LocalTime():
                    answer = CLOCK + timedelta(seconds=lived.seconds)
                case Report() | Learnt() | ClockAhead() | PairAgain():
                    answer = None
                case Answered():
                    lived.answered.append(want)
                    answer = None
                case Wait(seconds):
                    answer = band(want, lived.seconds)
                    if isinstance(answer, Notified | Order):
                        lived.seconds += 0.5
                    else:
                        answer = Silence()
                        lived.seconds += seconds
                case _:
                    answer = band(want, lived.seconds)
    except StopIteration:
        return lived
    raise AssertionError(f"still talking after {lived.seconds} s")


def says_nothing(want: Want, _now_s: float) -> Answer:
    """It takes everything, and never says a word."""
    return not isinstance(want, Wait)


def refuses(_want: Want, _now_s: float) -> Answer:
    """It takes nothing."""
    return False


def always(answer: Answer) -> Band:
    """It answers every want alike."""
    return lambda want, _now_s: None if isinstance(want, Wait) else answer


def says_garbage(offered: Services, chance: random.Random) -> Band:
    """It sends noise on everything that notifies, without end."""
    speaking = [one for service in offered.offered.values() for one, how in service.items() if how & {"notify", "indicate"}]

    def band(want: Want, _now_s: float) -> Answer:
        if isinstance(want, Wait) and speaking:
            return Notified(chance.choice(speaking), chance.randbytes(chance.randrange(24)))
        return chance.randbytes(3) if chance.random() < 0.2 else True

    return band


def says_what_it_can(told: list[Notified], chance: random.Random) -> Band:
    """It sends the frames of its dialogues, in any order and again and again, whatever it is asked."""

    def band(want: Want, _now_s: float) -> Answer:
        return chance.choice(told) if isinstance(want, Wait) and told else True

    return band


def says_the_first(told: list[Notified]) -> Band:
    """It plays its part of a dialogue at the first occasion, whatever it is asked, and then says nothing more."""
    rest = iter(told)
    return lambda want, _now_s: next(rest, None) if isinstance(want, Wait) else True


# --- dialogues ---


def dialogues(driver: ConnectionDriver) -> list[Dialogue]:
    return vectors.BY_DRIVER[driver.name].dialogue


def said(dialogue: Dialogue) -> list[Notified]:
    return [Notified(parse_uuid(step.sends), bytes.fromhex(step.data)) for step in dialogue.step if step.sends]


def offered(driver: ConnectionDriver) -> Services:
    """What a band has that has everything of its dialogues."""
    band: dict[str, list[str]] = {}
    for dialogue in dialogues(driver):
        for where, how in dialogue.band.items():
            band[where] = sorted({*band.get(where, ()), *how})
    return services(band) if band else EVERYTHING


def begun(driver: ConnectionDriver, dialogue: Dialogue, order: Order) -> Conversation:
    """The conversation of a dialogue, with this order."""
    return driver.converse(services(dialogue.band), context(dialogue.context), order)


def ends_by_itself(driver: ConnectionDriver) -> bool:
    """A band that streams is left when the gateway wants its slot back."""
    return not driver.streams


@EVERY_DRIVER
@EVERY_ORDER
@pytest.mark.parametrize("band", [says_nothing, refuses], ids=lambda band: band.__name__)
def test_a_band_that_says_nothing_is_left_and_it_is_told_what_came_of_the_order(
    driver: ConnectionDriver, order: Order, band: Band
) -> None:
    lived = live(driver.converse(offered(driver), PAIRED, order), band)

    assert lived.seconds <= LEFT_S
    assert len(lived.answers(order)) == (not isinstance(order, Listen))


@EVERY_DRIVER
@EVERY_ORDER
@pytest.mark.parametrize("answer", [None, b"", b"\xff" * 20, Notified("no uuid", b"\x00"), Silence(), 7.5], ids=repr)
def test_nonsense_for_an_answer_ends_a_conversation_like_any_other(
    driver: ConnectionDriver, order: Order, answer: Answer
) -> None:
    for band in (offered(driver), EVERYTHING):
        assert live(driver.converse(band, PAIRED, order), always(answer)).seconds <= LEFT_S


@EVERY_DRIVER
@EVERY_ORDER
def test_a_band_that_sends_noise_without_end_is_left(driver: ConnectionDriver, order: Order) -> None:
    if not ends_by_itself(driver):
        pytest.skip("it streams: the gateway takes its slot back")
    band = offered(driver)

    lived = live(driver.converse(band, PAIRED, order), says_garbage(band, random.Random(1)))

    assert lived.seconds <= LONGEST_ORDER_S


@EVERY_DRIVER
def test_a_band_that_repeats_itself_in_any_order_without_end_is_left(driver: ConnectionDriver) -> None:
    if not ends_by_itself(driver):
        pytest.skip("it streams: the gateway takes its slot back")
    told = [one for dialogue in dialogues(driver) for one in said(dialogue)]

    for seed, dialogue in enumerate(dialogues(driver) * 3):
        conversation = driver.converse(offered(driver), context(dialogue.context), ordered(dialogue.order))
        lived = live(conversation, says_what_it_can(told, random.Random(seed)))

        assert lived.seconds <= LONGEST_ORDER_S, dialogue.name


@EVERY_DRIVER
def test_a_band_that_falls_silent_at_any_step_is_left_and_it_is_told_what_came_of_the_order(driver: ConnectionDriver) -> None:
    for dialogue in dialogues(driver):
        order = ordered(dialogue.order)
        for size, part in enumerate(beginnings(said(dialogue))):
            lived = live(begun(driver, dialogue, order), says_the_first(part))

            where = f"{dialogue.name}, {size} frames"
            assert lived.seconds <= LONGEST_ORDER_S, where
            assert len(lived.answers(order)) == (not isinstance(order, Listen)), where


def beginnings(told: list[Notified]) -> Iterator[list[Notified]]:
    for size in range(len(told) + 1):
        yield told[:size]


@EVERY_DRIVER
@pytest.mark.parametrize("second", [Vibrate(), Measure()], ids=lambda order: order.name)
def test_an_order_that_comes_in_the_midst_of_another_is_answered_once(driver: ConnectionDriver, second: Order) -> None:
    for dialogue in dialogues(driver):
        frames: list[Notified | Order] = list(said(dialogue))
        for at in range(len(frames) + 1):
            told = iter([*frames[:at], second, *frames[at:]])
            given: list[object] = []

            def band(want: Want, _now_s: float, told: Iterator[Notified | Order] = told, given: list[object] = given) -> Answer:
                event = next(told, None) if isinstance(want, Wait) else True
                given.append(event)
                return event

            lived = live(begun(driver, dialogue, ordered(dialogue.order)), band)

            times = given.count(second)
            assert len(lived.answers(second)) == times, f"{dialogue.name}, before frame {at}"


@EVERY_DRIVER
def test_a_disk_that_takes_nothing_ends_no_conversation_badly(driver: ConnectionDriver) -> None:
    for dialogue in dialogues(driver):
        rest = iter(said(dialogue))

        def band(want: Want, _now_s: float, rest: Iterator[Notified] = rest) -> Answer:
            return next(rest, None) if isinstance(want, Wait) else not isinstance(want, Store)

        order = ordered(dialogue.order)
        order = replace(order, delete=True) if isinstance(order, Fetch) else order
        assert live(begun(driver, dialogue, order), band).seconds <= LONGEST_ORDER_S


# --- standard profiles ---


@pytest.mark.parametrize(
    "says", [b"", b"\xff" * 20, bytes.fromhex("00800052006100")], ids=["nothing", "garbage", "one reading"]
)
def test_a_cuff_that_repeats_itself_without_end_is_left_after_three_minutes(says: bytes) -> None:
    driver = drivers.driver("ble-blood-pressure")
    assert isinstance(driver, ConnectionDriver)
    told = Notified(driver.services[0].replace("1810", "2a35"), says)

    assert live(driver.converse(CUFF, Context(), Visit()), says_what_it_can([told], random.Random(1))).seconds <= VISIT_LASTS_S


@EVERY_DRIVER
def test_an_offer_of_nothing_is_left_at_once(driver: ConnectionDriver) -> None:
    visit = Visit()
    lived = live(driver.converse(Services({}), Context(), visit), says_nothing)

    assert lived.seconds == 0
    assert lived.answers(visit) == [Outcome("failed", "services missing")]


@EVERY_DRIVER
def test_a_closed_conversation_says_no_more(driver: ConnectionDriver) -> None:
    conversation = driver.converse(offered(driver), Context(), Visit())
    next(conversation)

    conversation.close()

    with pytest.raises(StopIteration):
        next(conversation)


def test_the_longest_silence_that_a_driver_declares_is_the_one_it_waits_for() -> None:
    for driver in CONNECTED:
        if driver.streams:
            assert live(driver.converse(offered(driver), Context(), Listen()), says_nothing).seconds == driver.silence_s

"""What a broker does not take is learned from how it ends, and is lived with; chance is not taken for a lesson."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway.channels.mqtt.broker import Address
from gateway.channels.mqtt.broker_limits import LONGEST, SHORTEST, BrokerLimits, Dialect, KnownBrokers, Suspect
from tests.gateway.channels.mqtt.settings import broker_at

STATUS = Suspect("up/status", 130, retained=True)
BATCH = Suspect("up/readings", 58_000)
HERS = Suspect("up/alerts", 800, item=1)
EVERY_WAY = [
    *(Dialect("5", will) for will in ("retained", "plain", "none")),
    *(Dialect("3.1.1", will) for will in ("retained", "plain", "none")),
]
BROKER = broker_at(1883, 1884)


def hangs_up_on(*each: Suspect) -> BrokerLimits:
    """After it got one message at a time."""
    limits = BrokerLimits()
    for sent in each:
        limits.broke_on([sent])
    return limits


def refused(limits: BrokerLimits, *sent: Suspect) -> list[Suspect]:
    """What of these counts as refused, when it hangs up on each once more."""
    return [one for one in sent if limits.broke_on([one])]


# --- what it hangs up on --------------------------------------------------------------------------------------------


def test_once_may_be_chance() -> None:
    limits = BrokerLimits()

    assert refused(limits, STATUS, BATCH, HERS) == []
    assert (limits.retains, limits.longest) == (True, LONGEST)


def test_of_several_messages_nobody_knows_which_it_was() -> None:
    limits = BrokerLimits()

    assert [limits.broke_on([HERS, STATUS, BATCH]) for _ in range(5)] == [None] * 5

    assert limits.is_suspicious
    assert (limits.retains, limits.longest) == (True, LONGEST)


def test_a_retained_message_is_sent_without_being_retained() -> None:
    limits = hangs_up_on(STATUS, STATUS)

    assert not limits.retains
    assert limits.faults(BROKER, 0) == ["broker retains nothing"]


def test_where_it_was_not_the_retaining_that_is_not_said() -> None:
    plain = STATUS._replace(retained=False)

    limits = hangs_up_on(STATUS, STATUS, plain)

    assert refused(limits, plain) == [plain]
    assert limits.retains


def test_messages_become_half_as_long_until_they_are_taken() -> None:
    limits = hangs_up_on(BATCH, BATCH)
    assert limits.longest == 29_000

    limits.broke_on([BATCH._replace(length=28_000)])
    assert limits.longest == 14_000

    for length in (13_000, 7_000, 3_500, 1_750, 1_000):
        limits.broke_on([BATCH._replace(length=length)])
    assert limits.longest == SHORTEST


def test_of_several_that_were_on_their_way_one_shows_that_they_are_too_long() -> None:
    limits = BrokerLimits()

    for _ in range(4):
        limits.refused_as_too_long(BATCH)

    assert limits.longest == 29_000


def test_what_it_has_taken_as_long_before_is_not_too_long() -> None:
    limits = BrokerLimits()
    limits.took(Suspect("up/snapshot", 60_000))

    assert refused(limits, BATCH, BATCH, BATCH) == [BATCH, BATCH]
    assert limits.longest == LONGEST


def test_what_it_hangs_up_on_again_and_again_is_refused_until_it_takes_it() -> None:
    limits, beat = BrokerLimits(), Suspect("up/heartbeat", 600)

    assert refused(limits, beat, beat, beat) == [beat, beat]

    limits.took(beat)
    assert refused(limits, beat) == []


def test_a_link_that_breaks_once_or_twice_on_an_alert_is_no_refusal() -> None:
    assert refused(BrokerLimits(), HERS, HERS, HERS, HERS) == [HERS, HERS]


def test_of_several_messages_the_one_that_it_hung_up_on_before_is_refused() -> None:
    limits = hangs_up_on(HERS, HERS)

    assert limits.broke_on([BATCH, HERS]) == HERS


def test_a_shorter_message_that_is_taken_says_nothing_about_the_longer() -> None:
    limits = hangs_up_on(BATCH)
    limits.took(BATCH._replace(length=300))

    limits.broke_on([BATCH])

    assert limits.longest == 29_000


# --- how it is spoken to --------------------------------------------------------------------------------------------


def test_everything_is_wanted_first_and_nothing_is_left_untried() -> None:
    assert list(BrokerLimits().ways(BROKER)) == EVERY_WAY
    assert list(BrokerLimits().ways(broker_at(1, version="3.1.1", will=False))) == [Dialect("3.1.1", "none")]


@pytest.mark.parametrize(("told", "times"), [(True, 1), (False, 2)], ids=["it said so", "it hung up"])
def test_what_a_broker_takes_is_remembered(told: bool, times: int) -> None:
    limits = BrokerLimits()
    for _ in range(times):
        assert list(limits.ways(BROKER)) == EVERY_WAY
        limits.accepted(Dialect("3.1.1", "retained"), told=told)

    assert list(limits.ways(BROKER)) == EVERY_WAY[3:]
    assert limits.faults(BROKER, 0) == ["broker speaks only MQTT 3.1.1"]


def test_a_broker_that_does_not_answer_is_asked_in_the_other_version_every_other_time() -> None:
    limits, asked = BrokerLimits(), []
    for _ in range(4):
        asked.append(limits.ways(BROKER)[0].version)
        limits.no_answer()

    assert asked == ["5", "3.1.1", "5", "3.1.1"]


def test_a_broker_that_spoke_mqtt_5_is_not_asked_in_the_other_version_because_it_restarts() -> None:
    limits = BrokerLimits()
    limits.accepted(EVERY_WAY[0], told=True)
    for _ in range(10):
        limits.no_answer()

    assert limits.ways(BROKER)[0].version == "5"


# --- several --------------------------------------------------------------------------------------------------------


def order(known: KnownBrokers, now_s: float, *ports: int) -> Sequence[int]:
    return [address.port for address in known.in_order([Address("h", port) for port in ports], now_s)]


def test_a_broker_that_failed_lately_comes_last_and_of_two_the_one_that_failed_longer_ago_first() -> None:
    known = KnownBrokers()
    assert order(known, 0, 1, 2, 3) == [1, 2, 3]

    known.failed("h:1", 10)
    assert order(known, 11, 1, 2, 3) == [2, 3, 1]

    known.failed("h:2", 20)
    known.failed("h:3", 30)
    assert order(known, 31, 1, 2, 3) == [1, 2, 3]

    known.failed("h:1", 40)
    assert order(known, 41, 1, 2, 3) == [2, 3, 1]
    assert order(known, 1_000, 1, 2, 3) == [1, 2, 3]


def test_a_link_that_lasted_makes_good_what_was_before() -> None:
    known = KnownBrokers()
    known.failed("h:1", 10)

    known.lasted("h:1")

    assert order(known, 11, 1, 2) == [1, 2]

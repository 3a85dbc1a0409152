"""What each broker has shown that it does not take: found out once, and lived with until the process ends. Pure.

MQTT 3.1.1 has no words for what a broker dislikes: it hangs up. After that it gets one message at a time for a while, so that
it shows which. What it hung up on twice is sent otherwise: without being retained, or shorter. Else it counts as refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, get_args

from gateway.channels.mqtt.broker import Address, Broker, Version

LONGEST: Final = 268_435_460  # MQTT 5, 2.1.4
SHORTEST = 1_000  # bytes: an alert without its readings
THRICE = 3  # a link that breaks once or twice on an alert delays it by nothing
TWICE = 2  # once may be chance; of what is long once is enough where it has been shown that long ones are the matter
SHUNNED_S = 1_800.0
CONVINCED = 20  # so many times without an answer, and a broker that spoke MQTT 5 may be another one now
PASSED_OVER_S = 300.0

Will = Literal["retained", "plain", "none"]
Key = tuple[str, int, bool]


class Break(NamedTuple):
    """How often it hung up on a message, and how long that was."""

    times: int = 0
    length: int = 0


class Dialect(NamedTuple):
    """How a broker is spoken to."""

    version: Version
    will: Will


class Suspect(NamedTuple):
    """A message, as a broker may dislike it. `item`: which of its topic, where the next may be liked; 0: they are alike."""

    topic: str
    length: int
    retained: bool = False
    item: int = 0

    @property
    def key(self) -> Key:
        """What counts as the same again."""
        return self.topic, self.item, self.retained


class BrokerLimits:
    """Of one broker. `longest`: of topic and payload together, in bytes. `way`: how it was spoken to last. `has_forgotten_us`:
    the session that it said it would keep, by the time of the last connection; it was begun anew."""

    def __init__(self) -> None:
        self.longest = LONGEST
        self.way: Dialect | None = None
        self.has_forgotten_us = False
        self._settled: Dialect | None = None
        self._spoke_5, self._unanswered = False, 0
        self.is_suspicious = False  # it has hung up lately, and it is not known why
        self._never_retained = ""  # the topic of what it does not take retained
        self._proven = 0
        self._broke: dict[Key, Break] = {}
        self._shunned_until_s: dict[str, float] = {}

    # --- how it is spoken to ------------------------------------------------------------------------------------------

    def ways(self, broker: Broker) -> Sequence[Dialect]:
        """What is tried in turn while it hangs up on us, from all that is wanted to nothing."""
        wills = get_args(Will)[get_args(Will).index(wanted_will(broker)) :]
        every = [Dialect(version, will) for version in dict.fromkeys((broker.version, "3.1.1")) for will in wills]
        if self._settled in every:
            return every[every.index(self._settled) :]
        if self._spoke_5 and self._unanswered < CONVINCED:
            return [way for way in every if way.version == "5"]
        return every[-len(wills) :] if self._unanswered % 2 else every

    def accepted(self, way: Dialect, *, told: bool) -> None:
        """`told`: it has said in words what it dislikes in the others; where it only hung up, that may have been chance."""
        if told or way == self.way:
            self._settled = way
        self._spoke_5, self._unanswered = self._spoke_5 or way.version == "5", 0
        self.way = way

    def no_answer(self) -> None:
        """None to any way, which may be its answer to a version that it does not know."""
        self._unanswered += 1

    # --- what it hangs up on ------------------------------------------------------------------------------------------

    def broke_on(self, unanswered: Sequence[Suspect]) -> Suspect | None:
        """The link, before it acknowledged these. What counts as refused: what broke it before, and cannot be had otherwise."""
        self.is_suspicious = True
        sent = max(unanswered, key=self._times)
        if len(unanswered) > 1 and self._times(sent) < TWICE:
            return None
        self._broke[sent.key] = Break(self._times(sent) + 1, sent.length)
        return None if self._can_be_otherwise(sent) or self._times(sent) < (THRICE if sent.item else TWICE) else sent

    def _times(self, sent: Suspect) -> int:
        return self._broke.get(sent.key, Break()).times

    def _can_be_otherwise(self, sent: Suspect) -> bool:
        if self._times(sent) >= TWICE and sent.topic == self._never_retained:
            self._never_retained = ""  # it was not that
            return False
        if self._times(sent) == TWICE and sent.retained:
            self._never_retained = sent.topic
            return True
        return self._times(sent) >= (TWICE if self.longest == LONGEST else 1) and self._shrink(sent)

    @property
    def retains(self) -> bool:
        """Whether it takes retained messages, as far as is known."""
        return not self._never_retained and (self.way is None or self.way.will != "plain")

    def retains_nothing(self, sent: Suspect) -> None:
        """It refused this when it was retained, and took it without."""
        self._never_retained = sent.topic

    def refused_as_too_long(self, sent: Suspect) -> None:
        """It said so, or no more than no."""
        self._shrink(sent)

    def _shrink(self, sent: Suspect) -> bool:
        if sent.length > self.longest and not sent.item:
            return True  # it left before that was known, beside the one that showed it
        shorter = max(SHORTEST, min(self.longest, sent.length) // (8 if sent.item else 2))  # an alert cannot wait for long
        if sent.length <= max(self._proven, shorter) or shorter >= self.longest:
            return False
        self.longest = shorter
        self._broke.pop(sent.key, None)
        return True

    def took(self, sent: Suspect) -> None:
        """It has acknowledged this."""
        self._proven = max(self._proven, sent.length)
        if self._broke.get(sent.key, Break()).length <= sent.length:
            self._broke.pop(sent.key, None)

    # --- what it sends ------------------------------------------------------------------------------------------------

    def shun(self, topic: str, now_s: float) -> None:
        """It sends there what is too long to be read."""
        self._shunned_until_s[topic] = now_s + SHUNNED_S

    def shunned_s(self, topic: str, now_s: float) -> float:
        """How long this topic is not listened to."""
        return max(0.0, self._shunned_until_s.get(topic, now_s) - now_s)

    def shunned(self, now_s: float) -> list[str]:
        """The topics that are not listened to now."""
        return [topic for topic in self._shunned_until_s if self.shunned_s(topic, now_s)]

    # --- what is told of it -------------------------------------------------------------------------------------------

    def faults(self, broker: Broker, now_s: float) -> list[str]:
        """What it lacks of what is wanted, in fixed words."""
        way = self.way  # None: it is spoken to as is wanted
        told = {
            "broker speaks only MQTT 3.1.1": way is not None and way.version != broker.version,
            "broker takes no will": way is not None and way.will == "none" != wanted_will(broker),
            "broker retains nothing": broker.retain and not self.retains,
            "broker takes only short messages": self.longest < broker.max_message_bytes,
        }
        too_long = [f"too long a message on {stream_of(topic)}" for topic in self.shunned(now_s)]
        return [word for word, is_so in told.items() if is_so] + too_long


class KnownBrokers:
    """All of them, by name. `in_use`: the one that was spoken to last; `certificates`: when that which each has shown ends
    (seconds since 1970, UTC)."""

    def __init__(self) -> None:
        self.in_use = ""
        self.certificates: dict[str, float] = {}
        self._limits: defaultdict[str, BrokerLimits] = defaultdict(BrokerLimits)
        self._failed_s: dict[str, float] = {}

    def limits(self, name: str) -> BrokerLimits:
        """What this one has shown."""
        return self._limits[name]

    def in_order(self, addresses: Sequence[Address], now_s: float) -> list[Address]:
        """As they are tried: as they are set, but last those that failed lately, of these first the one longest ago."""
        return sorted(addresses, key=lambda address: self._failed_lately_s(address.name, now_s))

    def _failed_lately_s(self, name: str, now_s: float) -> float:
        at_s = self._failed_s.get(name, -PASSED_OVER_S)
        return at_s if now_s - at_s < PASSED_OVER_S else -PASSED_OVER_S

    def failed(self, name: str, now_s: float) -> None:
        """It could not be reached, or the link to it did not last."""
        self._failed_s[name] = now_s

    def lasted(self, name: str) -> None:
        """The link to it did."""
        self._failed_s.pop(name, None)

    def faults(self, broker: Broker, now_s: float) -> list[str]:
        """What is wrong with the one in use, in fixed words."""
        first = broker.addresses[0].name
        elsewhere = ["first broker is passed over"] if self.in_use not in ("", first) else []
        return elsewhere + self._limits[self.in_use].faults(broker, now_s)


def stream_of(topic: str) -> str:
    """As the contract names it."""
    return "/".join(topic.split("/")[-2:])


def wanted_will(broker: Broker) -> Will:
    """What the technician has set."""
    return "none" if not broker.will else "retained" if broker.retain else "plain"

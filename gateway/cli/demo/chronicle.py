"""What has been seen of the gateway from outside and in what it knows of itself, told line by line.

Pure: a `Sight` in now and then, lines out. The script of the story tells deeds only; nothing of what comes of them is known
here before it was seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from fake_devices.consumer import Arrival, Consumer, Message
from fake_devices.phones import Sms
from fake_devices.story import Story
from gateway.alert import CLOSED, Alert, alert_id
from gateway.cli.demo.kept import KeptReadings
from gateway.snapshot import Counts, Snapshot
from gateway.words.demo import DemoWords

PULSES_SHOWN = 10
BY_SMS = "sms:"  # so begins the name of an actor who answered by SMS


@dataclass(frozen=True)
class Sight:
    """What there is to see at one moment; `at_s` in seconds of the same clock as the arrivals.

    `snapshot` is what the gateway knows of itself, all else is seen from outside.
    """

    at_s: float
    consumer: Consumer
    snapshot: Snapshot
    vibrations: Mapping[tuple[str, str], int]
    pressed_at: Mapping[str, float]
    network_works: bool
    sms: Sequence[Sms] = ()


class StoryLine(NamedTuple):
    """One line of the story: a deed, or something seen; with `sms` the message that is told of."""

    at_s: float
    what: Literal["deed", "seen", "alarm"]
    text: str
    sms: Sms | None = None


@dataclass
class BandSeen:
    """The last values of a wearer's band at the platform."""

    values: dict[str, Any] = field(default_factory=dict)
    pulses: deque[int] = field(default_factory=lambda: deque(maxlen=PULSES_SHOWN))
    at_s: float = 0.0


@dataclass
class Card:
    """An alert as it lives: the gateway's own word while it is open there, after that the platform's."""

    alert: Alert
    workflow: str


@dataclass
class CallForHelp:
    """One call for help, and when its alert was seen where (seconds after the press)."""

    wearer: str
    to_platform_s: float | None = None
    to_wrist_s: float | None = None
    to_phone_s: float | None = None
    to_help_s: float | None = None
    without_network_s: float = 0.0


def span(seconds: float) -> str:
    """A span of time as people read it."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


class Chronicle:
    """`lines` grows with each look."""

    def __init__(self, story: Story, language: str, words: DemoWords, gateway: str, began_s: float) -> None:
        self.words = words
        self.gateway = gateway
        self.began_s = began_s
        self.names = {wearer.id: wearer.name[language] for wearer in story.wearer}
        self.kinds = {band.address: band.kind for wearer in story.wearer for band in wearer.bands}
        self.wearer_of = {band.address: wearer.id for wearer in story.wearer for band in wearer.bands}
        self.phones = {phone.id: phone.name[language] for phone in story.phone}
        self.sms: Sequence[Sms] = ()
        self.lines: list[StoryLine] = []
        self.bands: dict[str, BandSeen] = {}
        self.cards: dict[str, Card] = {}
        self.presses: dict[str, CallForHelp] = {}
        self.missed: list[str] = []
        self.counts = Counts()
        self.network_works = True
        self.cut_s = self.mended_s = 0.0
        self._behind = 0  # readings that waited when the network came back
        self._arrivals = self._statuses = 0
        self._known: set[str] = set()
        self._texts: dict[str, str] = {}
        self._vibrations: dict[tuple[str, str], int] = {}
        self._caught_up_at = 0  # so many are delivered when those are
        self._since_mended = 0  # readings that came since then
        self._order_told = False
        self._kept = KeptReadings()

    def tell(self, at_s: float, text: str) -> None:
        """A deed of the story."""
        self._add(at_s, "deed", text)

    def miss(self, at_s: float, what: str) -> None:
        """What should have come of the story, and did not."""
        self.missed.append(what)
        self._add(at_s, "alarm", self.words.missed.format(what))

    def look(self, sight: Sight) -> None:
        """What is new since the last look."""
        self.counts = sight.snapshot.counts
        self._see_network(sight)
        self._see_statuses(sight)
        self._see_sms(sight)
        for alert in sight.snapshot.open_alerts:
            self._see_card(alert, sight)
        for arrival in sight.consumer.arrivals[self._arrivals :]:
            self._see_arrival(arrival, sight)
        self._arrivals = len(sight.consumer.arrivals)
        self._see_kept(sight)
        self._see_vibrations(sight)
        self._see_caught_up(sight)

    def kinds_of(self, wearer: str) -> list[str]:
        """What somebody wears."""
        return [self.kinds[address] for address, whose in self.wearer_of.items() if whose == wearer]

    # --- the network

    def _see_network(self, sight: Sight) -> None:
        if self.network_works and not sight.network_works:
            self.cut_s = sight.at_s
        if not self.network_works and sight.network_works:
            self.mended_s, self._behind, self._since_mended = sight.at_s, sight.snapshot.counts.pending, 0
            self._caught_up_at = sight.snapshot.counts.delivered + self._behind
            self._order_told = False
        self.network_works = sight.network_works

    def _see_statuses(self, sight: Sight) -> None:
        # the platform notes no time for a status; it came before what came with it
        at_s = min([sight.at_s, *(arrival.at_s for arrival in sight.consumer.arrivals[self._arrivals :])])
        for status in sight.consumer.statuses[self._statuses :]:
            if text := {"online": self.words.online, "offline": self.words.offline}.get(status["state"]):
                self._add(at_s, "seen", text)
        self._statuses = len(sight.consumer.statuses)

    def _see_caught_up(self, sight: Sight) -> None:
        if self._behind and self.network_works and sight.snapshot.counts.delivered >= self._caught_up_at:
            self._add(sight.at_s, "seen", self.words.caught_up.format(n=self._behind))
            self._behind = 0

    # --- alerts in the gateway

    def _see_card(self, alert: Alert, sight: Sight) -> None:
        id_ = alert_id(self.gateway, alert)
        is_new = id_ not in self.cards
        card = self.cards.setdefault(id_, Card(alert, alert.workflow))
        answered = alert.workflow == "dispatched" != card.workflow and alert.actor.startswith(BY_SMS)
        card.alert, card.workflow = alert, alert.workflow
        if alert.kind == "sos":
            self.presses.setdefault(id_, CallForHelp(alert.wearer))
        if answered:
            who = self.phones.get(alert.actor.removeprefix(BY_SMS), alert.actor)
            self._add(sight.at_s, "alarm", self.words.goes.format(who=who, name=self.names.get(alert.wearer, "")))
        if is_new and not sight.network_works:
            name, kind = self.names.get(alert.wearer, ""), self.words.kinds.get(alert.kind, alert.kind)
            text = self.words.waiting.format(name=name, kind=kind, n=sight.snapshot.counts.pending)
            self._add(sight.at_s, "alarm", text)

    # --- what arrives at the platform

    def _see_arrival(self, arrival: Arrival, sight: Sight) -> None:
        if arrival.id in self._known:
            return
        self._known.add(arrival.id)
        if event := sight.consumer.events.get(arrival.id):
            self._see_event(arrival.at_s, event, sight)
        else:
            self._since_mended += 1
            self._see_reading(arrival.at_s, sight.consumer.reading(arrival.id))

    def _see_reading(self, at_s: float, reading: Message) -> None:
        wearer, kind, value = reading["wearer"], reading["kind"], reading["value"]
        band = self.bands.get(wearer)
        if band is None:
            band = self.bands[wearer] = BandSeen()
            worn = self.words.bands[self.kinds[reading["device"]]]
            self._add(at_s, "seen", self.words.first_reading.format(name=self.names[wearer], band=worn))
        if reading["history"]:
            self._kept.add(reading, at_s)
        band.at_s = at_s
        band.values[kind] = value
        if kind == "heart_rate" and not any(word.startswith("invalid") for word in reading["quality"]):
            band.pulses.append(value)

    def _see_kept(self, sight: Sight) -> None:
        for kept in self._kept.complete(sight.at_s):
            worn = self.words.bands[self.kinds[kept.device]]
            text = self.words.kept.format(name=self.names[kept.wearer], band=worn, n=kept.n, minutes=round(kept.oldest_s / 60))
            self._add(sight.at_s, "seen", text)

    def _see_event(self, at_s: float, event: Message, sight: Sight) -> None:
        if event["event"] == "raised" and self._behind and not self._order_told:
            self._order_told = True
            first = self.words.readings_first if self._since_mended else self.words.alert_first
            self._add(at_s, "alarm", first.format(n=self._since_mended or self._behind))
        name = self.names.get(event["wearer"], event["device"] or "")
        line = self.words.alert.format(name=name, event=self.words.events[event["event"]])
        if event["event"] != "updated" and (event.get("actor") or "").startswith(BY_SMS):
            line += self.words.by.format(event["actor"])
        self._add(at_s, "alarm", line + self._new_text(event) + self._times(at_s, event, sight))
        if event["workflow"] in CLOSED and (card := self.cards.get(event["id"])):
            card.workflow = event["workflow"]

    def _new_text(self, event: Message) -> str:
        """What the alert says, where it says something new; and that the band has shown what it should."""
        shown = self.words.shown if event["event"] == "updated" and "shown" in event.get("band", {}).values() else ""
        if self._texts.get(event["id"]) == event["text"]:
            return shown
        self._texts[event["id"]] = event["text"]
        return self.words.text.format(event["text"]) + shown

    def _times(self, at_s: float, event: Message, sight: Sight) -> str:
        pressed_s = sight.pressed_at.get(event["wearer"])
        if event["kind"] != "sos" or event["event"] != "raised" or pressed_s is None:
            return ""
        press = self.presses.setdefault(event["id"], CallForHelp(event["wearer"]))
        press.to_platform_s = at_s - pressed_s
        if self.cut_s <= pressed_s <= self.mended_s:
            press.without_network_s = self.mended_s - pressed_s
            return self.words.since_press.format(span(at_s - pressed_s)) + self.words.since_mended.format(
                span(at_s - self.mended_s)
            )
        return self.words.since_press.format(span(at_s - pressed_s))

    # --- what the wearer feels

    def _see_vibrations(self, sight: Sight) -> None:
        for felt, times in sight.vibrations.items():
            if times > self._vibrations.get(felt, 0):
                self._feel(sight, *felt)
            self._vibrations[felt] = times

    def _feel(self, sight: Sight, address: str, how: str) -> None:
        wearer = self.wearer_of[address]
        name, since_s = self.names[wearer], sight.at_s - sight.pressed_at.get(wearer, sight.at_s)
        received = self.words.short if sight.network_works else self.words.short_by_sms
        self._add(sight.at_s, "seen", (received if how == "short" else self.words.long).format(name=name, span=span(since_s)))
        for press in self.presses.values():
            if press.wearer == wearer and how == "short" and press.to_wrist_s is None:
                press.to_wrist_s = since_s
            if press.wearer == wearer and how == "long" and press.to_help_s is None:
                press.to_help_s = since_s

    # --- the phones of those on duty

    def _see_sms(self, sight: Sight) -> None:
        for sms in sight.sms[len(self.sms) :]:
            if not sms.answer:
                self._add(sms.at_s, "alarm", self._told_of(sms, sight), sms)
        self.sms = sight.sms

    def _told_of(self, sms: Sms, sight: Sight) -> str:
        """The first message about a press is told with the time since then."""
        line = self.words.sms.format(self.phones[sms.phone])
        for press in self.presses.values():
            if press.to_phone_s is None and press.to_platform_s is None:
                press.to_phone_s = sms.at_s - sight.pressed_at[press.wearer]
                return line + self.words.since_press.format(span(press.to_phone_s))
        return line

    def _add(self, at_s: float, what: Literal["deed", "seen", "alarm"], text: str, sms: Sms | None = None) -> None:
        self.lines.append(StoryLine(at_s - self.began_s, what, text, sms))

"""The demo tells what was seen, and when it was seen; what the script wants to come is not told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from fake_devices import story
from fake_devices.consumer import Consumer
from fake_devices.phones import Sms
from gateway.alert import Alert, RuleRef
from gateway.cli.demo.account import account, rows
from gateway.cli.demo.chronicle import Chronicle, Sight
from gateway.snapshot import Counts, DiskState, Queued, Snapshot, Tallies
from gateway.words.demo import ENGLISH, LANGUAGES

UP = "lifering/v1/demo-01/up"
WANG, WRISTBAND = "W-001", "C0:FF:EE:00:00:01"
SOS = Alert(
    number=1,
    kind="sos",
    priority="critical",
    condition="active",
    workflow="raised",
    at_ms=0,
    raised_ms=0,
    rule=RuleRef("SOS", "1"),
    wearer=WANG,
    room="3-201",
    epoch=1,
)


def reading(seq: int, value: int = 72) -> dict[str, Any]:
    told = {"wearer": WANG, "device": WRISTBAND, "kind": "heart_rate", "value": value, "quality": [], "history": False}
    return {"id": f"demo-01/1/{seq}", **told}


def kept(seq: int, minutes_ago: int) -> dict[str, Any]:
    """A reading that the band had kept."""
    measured = f"2026-11-23T08:{59 - minutes_ago}:00.000+08:00"
    return reading(seq) | {"history": True, "at": measured, "received_at": "2026-11-23T08:59:00.000+08:00"}


class Watched:
    """A chronicle and what it looks at; the clock stands where it is put."""

    def __init__(self) -> None:
        self.consumer = Consumer()
        self.counts = Counts()
        self.alerts: list[Alert] = []
        self.vibrations: dict[tuple[str, str], int] = {}
        self.pressed_at: dict[str, float] = {}
        self.network_works = True
        self.sms: list[Sms] = []
        self.chronicle = Chronicle(story.load("demo"), "en", ENGLISH, "demo-01", 0.0)

    def looks(self, at_s: float) -> list[str]:
        """The lines that this look brings."""
        before = len(self.chronicle.lines)
        sight = Sight(
            at_s, self.consumer, self.snapshot(), self.vibrations, self.pressed_at, self.network_works, tuple(self.sms)
        )
        self.chronicle.look(sight)
        return [line.text for line in self.chronicle.lines[before:]]

    def snapshot(self) -> Snapshot:
        """What the gateway knows of itself."""
        return Snapshot(
            gateway="demo-01",
            epoch=1,
            boot="b",
            version="0",
            at_ms=0,
            uptime_s=0,
            clock="synced",
            time_zone="Asia/Shanghai",
            queued=Queued(alerts=0, readings=self.counts.pending, oldest_s=0),
            counts=self.counts,
            adapters={},
            ports={},
            disk=DiskState(state="ok", free_mb=1, total_mb=1),
            open_alerts=tuple(self.alerts),
            bands=(),
            heard=0,
            links={},
            faults=(),
            tallies=Tallies(),
        )

    def brings(self, at_s: float, *readings: dict[str, Any]) -> None:
        self.consumer.take(f"{UP}/readings", msgspec.json.encode({"v": 1, "readings": readings}), at_s)

    def alarms(self, at_s: float, event: str = "raised", workflow: str = "sent") -> None:
        alert = {"id": "demo-01/1/A1", "seq": len(self.consumer.events) + 1, "event": event, "kind": "sos", "wearer": WANG}
        told = {
            "device": WRISTBAND,
            "workflow": workflow,
            "readings": [],
            "text": "CRITICAL, room 3-201, calls for help (SOS).",
        }
        self.consumer.take(f"{UP}/alerts", msgspec.json.encode(alert | told), at_s)

    def cuts_the_network(self, from_s: float, pressed_s: float, mended_s: float, pending: int) -> list[str]:
        """Grandma Wang presses while nothing gets through."""
        self.network_works = False
        self.looks(from_s)
        self.pressed_at[WANG], self.alerts = pressed_s, [SOS]
        self.counts = Counts(stored=pending, pending=pending)
        told = self.looks(pressed_s)
        self.network_works = True
        self.looks(mended_s)
        return told


def test_the_first_reading_of_a_band_is_told_once() -> None:
    watched = Watched()

    watched.brings(1.0, reading(1), reading(2))

    assert watched.looks(1.1) == ["Grandma Wang: the first reading of the wristband has reached the platform"]
    assert watched.looks(1.2) == []
    assert list(watched.chronicle.bands[WANG].pulses) == [72, 72]


def test_readings_that_a_band_had_kept_are_told_together_once_no_more_come() -> None:
    watched = Watched()

    watched.brings(1.0, kept(1, minutes_ago=45), kept(2, minutes_ago=30))
    watched.looks(1.1)
    watched.brings(2.0, kept(3, minutes_ago=15))

    assert watched.looks(2.1) == []
    assert watched.looks(3.5) == [
        "Grandma Wang: 3 readings that the wristband had kept have arrived with their own times, the oldest 45 minutes back"
    ]
    assert watched.looks(9.0) == []


def test_an_alert_without_network_is_told_to_wait_on_the_disk() -> None:
    told = Watched().cuts_the_network(2, 5, 10, pending=40)

    assert told == ["Grandma Wang's SOS alert is on the gateway's disk and waits for the network, with 40 readings"]


def test_an_alert_that_overtakes_what_waits_is_told_to_be_first() -> None:
    watched = Watched()
    watched.cuts_the_network(2, 5, 10, pending=40)

    watched.alarms(11.5)
    told = watched.looks(11.6)

    assert told[0] == "The alert came through first, before any of the 40 readings that wait"
    assert told[1].endswith("[6.50 s after the press] [1.50 s after the network came back]")


def test_an_alert_that_came_behind_readings_is_told_so_too() -> None:
    watched = Watched()
    watched.cuts_the_network(2, 5, 10, pending=40)

    watched.brings(11.0, reading(1), reading(2))
    watched.alarms(11.5)

    assert "2 readings came through before the alert" in watched.looks(11.6)


def test_caught_up_is_told_when_all_that_waited_is_delivered() -> None:
    watched = Watched()
    watched.cuts_the_network(2, 5, 10, pending=2)
    watched.brings(11.0, reading(1), reading(2))
    assert "Caught up" not in " ".join(watched.looks(11.1))

    watched.counts = Counts(stored=5, delivered=2, pending=3)

    assert watched.looks(11.2) == ["Caught up: all 2 readings that had waited are delivered"]


def test_what_the_wearer_feels_is_told_with_the_time_since_the_press() -> None:
    watched = Watched()
    watched.pressed_at[WANG] = 5.0
    watched.alarms(5.1)
    watched.vibrations = {(WRISTBAND, "short"): 1}

    assert watched.looks(5.25)[-1].endswith("the platform has it [250 ms after the press]")
    assert watched.chronicle.presses["demo-01/1/A1"].to_wrist_s == pytest.approx(0.25)


def test_an_sms_about_a_press_is_told_with_the_time_since_then_and_by_whom_it_was_answered() -> None:
    watched = Watched()
    watched.cuts_the_network(2, 5, 6, pending=0)
    watched.network_works = False
    watched.sms = [Sms(16.0, "lin", "lifering: URGENT")]
    assert watched.looks(16.1) == ["The gateway sends an SMS to Nurse Lin [11.00 s after the press]"]

    watched.sms.append(Sms(18.0, "lin", "1", answer=True))
    watched.alerts = [replace(SOS, workflow="dispatched", actor="sms:lin")]

    assert watched.looks(18.1) == ["Nurse Lin goes to Grandma Wang: on the gateway's disk, without any network"]
    watched.vibrations = {(WRISTBAND, "long"): 1}
    assert watched.looks(18.2) == ["Grandma Wang's wristband vibrates long: help is on the way [13.20 s after the press]"]
    press = watched.chronicle.presses["demo-01/1/A1"]
    assert press.to_phone_s == pytest.approx(11.0)
    assert press.to_help_s == pytest.approx(13.2)


def test_a_press_that_the_platform_has_got_is_not_told_of_with_an_sms_about_something_else() -> None:
    watched = Watched()
    watched.pressed_at[WANG] = 5.0
    watched.alarms(5.1)
    watched.looks(5.2)
    watched.sms = [Sms(16.0, "lin", "lifering: TEST")]

    assert watched.looks(16.1) == ["The gateway sends an SMS to Nurse Lin"]


def test_an_alert_lives_on_its_card_until_a_person_closes_it() -> None:
    watched = Watched()
    watched.alerts = [SOS]
    watched.looks(1)

    watched.alerts = []
    watched.alarms(9, "resolved", "resolved")
    watched.looks(9)

    assert watched.chronicle.cards["demo-01/1/A1"].workflow == "resolved"


# --- the account


def drawn_up(stored: int, arrived: int, waiting: int = 0) -> tuple[bool, Mapping[str, str]]:
    watched = Watched()
    watched.brings(1, *(reading(seq) for seq in range(1, arrived + 1)))
    watched.looks(1)
    of = account(Counts(stored=stored, delivered=stored), watched.consumer, watched.chronicle, waiting)
    return of.well, dict(rows(of, ENGLISH, watched.chronicle.names))


def test_the_account_is_well_when_all_that_was_accepted_is_at_the_platform() -> None:
    well, told = drawn_up(stored=3, arrived=3)

    assert well
    assert told["lost"] == "0"


def test_a_reading_that_the_platform_does_not_have_is_lost_whatever_the_gateway_says() -> None:
    well, told = drawn_up(stored=3, arrived=2)

    assert not well
    assert told["lost"] == "1"


def test_an_alert_without_receipt_is_not_well() -> None:
    well, _ = drawn_up(stored=1, arrived=1, waiting=1)

    assert not well


@pytest.mark.parametrize("name", ["demo", "ordinary_minute"])
def test_every_deed_and_every_person_is_told_in_both_languages(name: str) -> None:
    told = story.load(name)

    assert all(set(words) == set(LANGUAGES) for words in (told.title, *(wearer.name for wearer in told.wearer)))
    assert all(set(deed.tells) == set(LANGUAGES) for deed in told.deed)

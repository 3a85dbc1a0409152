"""Every silence is told: of a band that is not heard, not worn, out of power, out of its area; once, and its end once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from drivers.measurement import Kind, Position, Value
from gateway.alert import Alert, Clearing, Finding
from gateway.alerts import lifecycle
from gateway.readings import Reading
from gateway.supervision.band_record import BandRules, Fence, WatchedBand
from gateway.supervision.bands import BandSupervision
from gateway.supervision.wearing_hours import WearingHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
BAND, OTHER = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
HUB = "port hall-hub"
MINUTE_MS = 60_000
HOME = Fence(30.53, 120.68, 200.0)


def at(text: str) -> int:
    return round(datetime.fromisoformat(f"2026-11-30 {text}").replace(tzinfo=SHANGHAI).timestamp() * 1000)


def rules(hours: str = "07:00-21:30", **limits: Any) -> BandRules:
    return BandRules(hours=WearingHours.read(hours, SHANGHAI), **limits)


def watched(address: str = BAND, wearer: str = "W-001", *, worn: bool = True, ways: Iterable[str] = ()) -> WatchedBand:
    return WatchedBand(address=address, wearer=wearer, worn=worn, ways=frozenset(ways))


class Ward:
    """Moves time exactly from one due moment to the next, as a replay does, and writes down what was told when."""

    def __init__(self, begins: str = "10:00", *bands: WatchedBand, **limits: Any) -> None:
        self.now_ms = at(begins)
        self.rules = rules(**limits)
        self.bands = bands or (watched(),)
        self.disk: dict[str, bytes] = {}
        self.alerts: list[Alert] = []
        self.told: list[tuple[str, str, str]] = []
        self.supervision = BandSupervision(self.rules, self.bands, self.now_ms)

    def passes(self, minutes: float) -> None:
        end_ms = self.now_ms + round(minutes * MINUTE_MS)
        while (due_ms := self.supervision.next_ms()) is not None and due_ms <= end_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self._tell(self.supervision.tick(self.now_ms))
        self.now_ms = end_ms

    def heard(self, address: str = BAND, by: str = "") -> None:
        self._tell(self.supervision.heard(address, self.now_ms, by))

    def says(self, kind: Kind, value: Value, address: str = BAND, wearer: str = "W-001", **more: Any) -> None:
        told: dict[str, Any] = {"at_ms": self.now_ms, "received_ms": self.now_ms, "driver": "serial-hub", "clock": "synced"}
        reading = Reading(wearer=wearer, device=address, kind=kind, value=value, **told | more)
        self._tell(self.supervision.heard(reading.device, self.now_ms))
        self._tell(self.supervision.see(reading, self.now_ms))

    def lost(self, *sources: str) -> None:
        self.supervision.sources_lost(sources, self.now_ms)
        self.passes(0)

    def closes(self, kind: str) -> None:
        (alert,) = [alert for alert in self.alerts if alert.kind == kind]
        self.alerts.remove(alert)
        self.supervision.closed(alert, self.now_ms)

    def restarts(self, down_min: float = 0) -> None:
        self.passes(0)
        self.disk |= self.supervision.memory(self.now_ms)
        self.now_ms += round(down_min * MINUTE_MS)
        self.supervision = BandSupervision(self.rules, self.bands, self.now_ms)
        self.supervision.load(self.disk, self.now_ms)
        self.supervision.resume(self.alerts, self.now_ms)

    def clock_is_set(self, minutes: float) -> None:
        by_ms = round(minutes * MINUTE_MS)
        self.now_ms += by_ms
        self.supervision.clock_stepped(by_ms)

    def uses(self, **limits: Any) -> None:
        self.rules = rules(**limits)
        self.supervision.use(self.rules, self.now_ms)
        self.passes(0)

    def _tell(self, verdicts: Iterable[Finding | Clearing]) -> None:
        for verdict in verdicts:
            when = datetime.fromtimestamp(self.now_ms / 1000, SHANGHAI).strftime("%H:%M")
            old = lifecycle.find(self.alerts, verdict)
            if isinstance(verdict, Finding):
                self.told.append((when, verdict.kind, verdict.priority))
                after = lifecycle.step(old, verdict)[0] if old else lifecycle.open_alert(len(self.told), verdict, self.now_ms)
                self.alerts = [one for one in self.alerts if one is not old] + [after]
            elif old is not None:
                self.told.append((when, verdict.kind, "over"))
                self.alerts.remove(old)


# --- silent -----------------------------------------------------------------------------------------------------------


def test_a_band_that_is_not_heard_for_an_hour_is_told_once_until_it_is_heard_again() -> None:
    ward = Ward()
    ward.passes(30)
    ward.heard()
    ward.passes(300)
    ward.heard()
    ward.passes(30)

    assert ward.told == [("11:30", "silent", "warning"), ("15:30", "silent", "over")]


def test_the_alert_names_the_band_and_the_row() -> None:
    supervision = BandSupervision(rules(), [watched()], at("10:00"))

    (finding,) = supervision.tick(at("11:00"))

    assert isinstance(finding, Finding)
    assert (finding.wearer, finding.device, finding.rule.id, finding.at_ms) == ("W-001", BAND, "SILENT", at("11:00"))


def test_a_band_of_which_any_frame_is_heard_is_not_silent() -> None:
    ward = Ward()
    for _ in range(10):
        ward.passes(59)
        ward.heard()

    assert ward.told == []


def test_a_device_that_lies_at_home_until_somebody_uses_it_is_never_silent() -> None:
    ward = Ward("10:00", watched(worn=False))

    ward.passes(3 * 24 * 60)

    assert ward.told == []


def test_the_night_does_not_count() -> None:
    ward = Ward("21:00")

    ward.passes(11 * 60)

    assert ward.told == [("07:30", "silent", "warning")]


def test_wearing_hours_may_cross_midnight() -> None:
    ward = Ward("21:50", hours="22:00-06:00")

    ward.passes(24 * 60)

    assert ward.told == [("23:00", "silent", "warning")]


def test_a_silence_that_lasts_becomes_critical_where_that_is_asked_for() -> None:
    ward = Ward(silent_critical_min=120)

    ward.passes(240)
    ward.heard()

    assert ward.told == [("11:00", "silent", "warning"), ("12:00", "silent", "critical"), ("14:00", "silent", "over")]


def test_a_band_off_the_wrist_or_on_its_charger_may_be_silent() -> None:
    off, charging = Ward(off_wrist_min=0), Ward()
    off.says("worn", value=False)
    charging.says("charging", value=True)

    off.passes(3 * 24 * 60)
    charging.passes(11 * 60 + 30)  # until the evening

    assert off.told == charging.told == []


def test_a_band_that_went_on_its_charger_and_is_not_heard_for_twelve_wearing_hours_is_silent() -> None:
    ward = Ward()
    ward.says("charging", value=True)

    ward.passes(24 * 60)

    assert ward.told == [("07:30", "silent", "warning")]  # 11.5 hours until the evening, half an hour in the morning


def test_a_band_that_is_worn_again_may_not_be_silent() -> None:
    ward = Ward(off_wrist_min=0)
    ward.says("worn", value=False)
    ward.passes(100)
    ward.says("worn", value=True)

    ward.passes(60)

    assert ward.told == [("12:40", "silent", "warning")]


def test_what_comes_late_says_nothing_of_now() -> None:
    ward = Ward()
    ward.says("worn", value=False, at_ms=ward.now_ms - 31 * MINUTE_MS)
    ward.says("worn", value=False, history=True)
    ward.says("charging", value=True, quality=("invalid:out_of_range",))

    ward.passes(60)

    assert ward.told == [("11:00", "silent", "warning")]


def test_one_lost_port_is_not_fifty_silent_bands() -> None:
    bands = [watched(f"C0:FF:EE:00:01:{n:02X}", f"W-{n}", ways=[HUB]) for n in range(50)]
    ward = Ward("10:00", *bands)
    ward.passes(20)
    ward.lost(HUB)
    ward.passes(300)
    assert ward.told == []

    ward.lost()
    ward.passes(39)
    assert ward.told == []
    ward.passes(1)
    assert len(ward.told) == 50  # forty minutes of listening more, and they were gone before


def test_a_band_is_behind_the_port_that_heard_it_last() -> None:
    ward = Ward("10:00", watched(ways=[HUB, "port yard-hub"]))
    ward.heard(by="port yard-hub")

    ward.lost(HUB)
    ward.passes(60)

    assert ward.told == [("11:00", "silent", "warning")]


def test_a_band_that_another_source_hears_while_its_port_is_lost_counts_from_then() -> None:
    ward = Ward("10:00", watched(ways=[HUB]))
    ward.heard(by=HUB)
    ward.lost(HUB)
    ward.passes(100)
    ward.heard(by="radio")

    ward.passes(60)

    assert ward.told == [("12:40", "silent", "warning")]


def test_a_band_is_behind_the_adapter_that_heard_it_last() -> None:
    ward = Ward("10:00", watched(ways=["radio"]), watched(OTHER, "W-002", ways=["radio"]))
    ward.heard(BAND, by="radio")
    ward.heard(OTHER, by="radio")
    ward.supervision.sources_lost(["adapter hci0"], ward.now_ms, {BAND: "adapter hci0", OTHER: "adapter hci1"})

    ward.passes(60)

    assert [alert.device for alert in ward.alerts] == [OTHER]


def test_a_silence_that_was_told_stays_open_while_the_port_is_lost_and_is_not_told_anew() -> None:
    ward = Ward("10:00", watched(ways=[HUB]))
    ward.passes(70)
    ward.lost(HUB)
    ward.closes("silent")
    ward.passes(120)
    assert len(ward.told) == 1

    ward.lost()

    assert ward.told[1:] == [("13:10", "silent", "warning")]


def test_after_a_restart_it_goes_on_from_where_the_gateway_listened_last() -> None:
    ward = Ward()
    ward.passes(40)
    ward.restarts(down_min=90)

    ward.passes(20)

    assert ward.told == [("12:30", "silent", "warning")]


def test_a_gateway_that_is_restarted_every_half_hour_hides_no_band_that_has_gone() -> None:
    ward = Ward()
    for _ in range(4):
        ward.passes(30)
        ward.restarts()

    assert ward.told == [("11:00", "silent", "warning")]


def test_what_was_told_before_a_restart_is_not_told_again_and_ends() -> None:
    ward = Ward()
    ward.passes(61)
    ward.restarts(down_min=5)
    ward.passes(30)
    ward.heard()

    assert ward.told == [("11:00", "silent", "warning"), ("11:36", "silent", "over")]


@pytest.mark.parametrize("hours", [-100_000, -9, 9, 500_000])
def test_a_step_of_the_clock_fires_delays_and_expires_nothing(hours: int) -> None:
    ward = Ward(hours="00:00-24:00")
    ward.passes(30)
    ward.clock_is_set(hours * 60)
    ward.passes(0)
    before = list(ward.told)
    ward.passes(29.9)
    early = list(ward.told)
    ward.passes(0.1)

    assert (before, early, len(ward.told)) == ([], [], 1)


# --- what a person closed, other settings, other bands ------------------------------------------------------------------


def test_what_a_person_closes_and_still_holds_is_told_anew_after_an_hour() -> None:
    ward = Ward()
    ward.passes(70)
    ward.closes("silent")
    ward.passes(59)
    before = len(ward.told)
    ward.passes(1)

    assert (before, ward.told[-1]) == (1, ("12:10", "silent", "warning"))


def test_a_critical_silence_that_a_person_closes_is_told_anew_after_a_quarter_of_an_hour() -> None:
    ward = Ward(silent_critical_min=60, silent_warning_min=30)
    ward.passes(70)
    ward.closes("silent")
    ward.passes(15)

    assert ward.told[-1] == ("11:25", "silent", "critical")


def test_nothing_is_told_anew_at_night() -> None:
    ward = Ward("20:00")
    ward.passes(61)
    ward.closes("silent")

    ward.passes(11 * 60)

    assert ward.told == [("21:00", "silent", "warning"), ("07:00", "silent", "warning")]


def test_a_restart_does_not_begin_anew_the_hour_after_a_person_closed_it() -> None:
    ward = Ward()
    ward.passes(70)
    ward.closes("silent")
    ward.passes(40)
    ward.restarts()
    ward.passes(20)

    assert ward.told[1:] == [("12:10", "silent", "warning")]


def test_what_a_person_closed_in_the_last_moment_before_a_kill_is_not_forgotten() -> None:
    ward = Ward()
    ward.passes(70)
    ward.disk |= ward.supervision.memory(ward.now_ms)
    (alert,) = ward.alerts
    ward.alerts.clear()  # closed, and the memory of it never came to the disk
    ward.supervision = BandSupervision(ward.rules, ward.bands, ward.now_ms)
    ward.supervision.load(ward.disk, ward.now_ms)
    ward.supervision.resume([], ward.now_ms)

    ward.passes(60)

    assert ward.told[1:] == [("12:10", alert.kind, "warning")]


def test_new_settings_take_over_and_what_was_seen_stays() -> None:
    ward = Ward()
    ward.passes(40)
    ward.uses(silent_warning_min=45)
    ward.passes(5)
    assert ward.told == [("10:45", "silent", "warning")]

    ward.uses(silent_warning_min=0)

    assert ward.told[1:] == [("10:45", "silent", "over")]


def test_a_row_that_is_off_tells_nothing() -> None:
    ward = Ward(silent_warning_min=0, off_wrist_min=0, battery_percent=0)
    ward.says("worn", value=False)
    ward.says("battery", 1)
    ward.says("battery_low", value=True)
    ward.passes(3 * 24 * 60)

    assert ward.told == []


def test_of_who_is_enrolled_no_more_nothing_is_told() -> None:
    ward = Ward()
    ward.passes(50)
    ward.supervision.enrol([watched(OTHER, "W-002")], ward.now_ms)
    ward.passes(60)

    assert ward.told == [("11:50", "silent", "warning")]
    assert [alert.device for alert in ward.alerts] == [OTHER]


def test_of_who_was_erased_nothing_is_remembered() -> None:
    ward = Ward()
    ward.says("worn", value=False)
    ward.says("battery", 15)
    ward.passes(10)
    before = ward.supervision.memory(ward.now_ms)

    ward.supervision.forget("W-001", ward.now_ms)

    assert f"supervision {BAND}" in before
    assert ward.supervision.memory(ward.now_ms) == {}


def test_a_damaged_memory_is_left_out() -> None:
    ward = Ward()
    ward.disk = {"supervision alive": b"\xff", f"supervision {BAND}": b'{"wearer": 7}', "records x": b"[]"}
    ward.supervision.load(ward.disk, ward.now_ms)

    ward.passes(60)

    assert ward.told == [("11:00", "silent", "warning")]


# --- off the wrist ------------------------------------------------------------------------------------------------------


def test_a_band_off_the_wrist_for_half_an_hour_is_told_until_it_is_worn_again() -> None:
    ward = Ward()
    ward.says("worn", value=False)
    for _ in range(8):
        ward.passes(10)
        ward.says("worn", value=False)
    ward.says("worn", value=True)

    assert ward.told == [("10:30", "off_wrist", "warning"), ("11:20", "off_wrist", "over")]


def test_a_band_that_is_put_on_again_soon_disturbs_nobody() -> None:
    ward = Ward()
    ward.says("worn", value=False)
    ward.passes(29)
    ward.says("worn", value=True)
    ward.passes(29)

    assert ward.told == []


def test_a_band_that_lies_on_the_table_over_night_is_told_in_the_morning() -> None:
    ward = Ward("21:20")
    ward.says("worn", value=False)

    ward.passes(11 * 60)

    assert ward.told == [("07:20", "off_wrist", "warning")]


def test_a_band_stays_off_the_wrist_over_a_restart_and_a_step_of_the_clock() -> None:
    ward = Ward(hours="00:00-24:00")
    ward.says("worn", value=False)
    ward.passes(10)
    ward.restarts()
    ward.passes(10)
    ward.clock_is_set(-100)
    ward.passes(10)

    assert [kind for _, kind, _ in ward.told] == ["off_wrist"]


def test_a_clock_that_begins_again_in_the_past_after_a_restart_delays_nothing_for_ever() -> None:
    ward = Ward(hours="00:00-24:00", silent_warning_min=0)
    ward.says("worn", value=False)
    ward.passes(20)
    ward.disk |= {"supervision alive": b'{"at_ms": %d}' % ward.now_ms}
    ward.restarts(down_min=-10_000)
    ward.passes(10)

    assert [kind for _, kind, _ in ward.told] == ["off_wrist"]


# --- battery ------------------------------------------------------------------------------------------------------------


def test_a_battery_that_runs_down_is_told_once_a_limit() -> None:
    ward = Ward(silent_warning_min=0)
    for percent in range(30, 4, -1):
        ward.says("battery", percent)

    assert [(kind, priority) for _, kind, priority in ward.told] == [("battery", "advisory"), ("battery", "warning")]


def test_a_saw_tooth_gives_one_event_a_level() -> None:
    ward = Ward(silent_warning_min=0)
    for percent in [21, 19, 23, 18, 24, 20, 11, 9, 14, 10, 14, 8]:
        ward.says("battery", percent)

    assert [(kind, priority) for _, kind, priority in ward.told] == [("battery", "advisory"), ("battery", "warning")]


def test_a_limit_that_is_crossed_again_after_five_points_above_it_is_told_again() -> None:
    ward = Ward(silent_warning_min=0)
    for percent in [9, 15, 9, 25, 20]:
        ward.says("battery", percent)

    assert [priority for _, _, priority in ward.told] == ["warning", "warning", "over", "advisory"]


def test_on_its_charger_a_battery_is_not_low_and_off_it_is_judged_anew() -> None:
    ward = Ward(silent_warning_min=0)
    ward.says("battery", 15)
    ward.says("charging", value=True)
    ward.says("battery", 16)
    ward.says("charging", value=False)

    assert [priority for _, _, priority in ward.told] == ["advisory", "over", "advisory"]


def test_a_band_that_only_says_that_its_battery_is_low_is_told_until_it_is_not() -> None:
    ward = Ward(silent_warning_min=0)
    for low in (True, True, False, False, True):
        ward.says("battery_low", low)

    assert [priority for _, _, priority in ward.told] == ["advisory", "over", "advisory"]


def test_a_band_that_says_both_in_each_frame_does_not_flap() -> None:
    ward = Ward(silent_warning_min=0)
    for _ in range(5):
        ward.says("battery", 80)
        ward.says("battery_low", value=True)
        ward.passes(1)

    assert [priority for _, _, priority in ward.told] == ["advisory"]


def test_a_new_battery_ends_what_the_old_one_said() -> None:
    ward = Ward(silent_warning_min=0)
    ward.says("battery_low", value=True)
    ward.passes(11)
    ward.says("battery", 100)

    assert [priority for _, _, priority in ward.told] == ["advisory", "over"]


def test_a_restart_tells_no_battery_twice() -> None:
    ward = Ward(silent_warning_min=0)
    ward.says("battery", 15)
    ward.restarts()
    ward.says("battery", 14)
    ward.says("battery", 9)

    assert [priority for _, _, priority in ward.told] == ["advisory", "warning"]


def test_an_advisory_that_a_person_closed_is_known() -> None:
    ward = Ward(silent_warning_min=0)
    ward.says("battery", 15)
    ward.closes("battery")
    ward.passes(24 * 60)
    ward.says("battery", 14)
    ward.says("battery", 10)

    assert [priority for _, _, priority in ward.told] == ["advisory", "warning"]


# --- geofence -----------------------------------------------------------------------------------------------------------


def fix(metres_north: float, accuracy_m: float = 10.0) -> Position:
    return Position(30.53 + metres_north / 111_195, 120.68, accuracy_m)


def test_who_leaves_the_area_is_told_at_the_second_fix_outside_and_their_return_at_the_second_inside() -> None:
    ward = Ward(silent_warning_min=0, fence=HOME)
    for metres in (0, 250, 0, 250, 300, 300, 100, 250, 0, 0):
        ward.says("position", fix(metres))
        ward.passes(1)

    assert ward.told == [("10:04", "geofence", "warning"), ("10:09", "geofence", "over")]


def test_a_fix_that_may_lie_on_either_side_says_nothing() -> None:
    ward = Ward(silent_warning_min=0, fence=HOME)
    for _ in range(5):
        ward.says("position", fix(250, accuracy_m=60))
        ward.passes(1)

    assert ward.told == []


def test_the_same_fix_told_twice_is_one() -> None:
    ward = Ward(silent_warning_min=0, fence=HOME)
    ward.says("position", fix(900))
    ward.says("position", fix(900))

    assert ward.told == []


def test_without_a_fence_nobody_is_watched_and_one_may_have_their_own() -> None:
    off, own = Ward(silent_warning_min=0), Ward(silent_warning_min=0, fences={"W-001": HOME})
    for ward in (off, own):
        for _ in range(2):
            ward.says("position", fix(9000))
            ward.passes(1)

    assert (off.told, len(own.told)) == ([], 1)

"""Bands that are connected to, with bleak on a stand-in for bluetoothd: readings come, and go on after every loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from drivers.driver import (
    Answer,
    Answered,
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Driver,
    Fetch,
    Learnt,
    Measure,
    Notified,
    Order,
    Outcome,
    PairAgain,
    Report,
    Services,
    Silence,
    Store,
    Subscribe,
    Visit,
    Wait,
)
from drivers.measurement import BloodPressure, Measurement
from drivers.standard.profiles import DRIVERS
from fake_devices.ble_link.advertising_data import build, long_uuid
from fake_devices.patience import HANGS_S
from gateway.clock import SystemClock
from gateway.driver_bugs import DriverFaults
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.sources import conversation
from gateway.sources.ble import band_link, schedule
from gateway.sources.ble import bluez as bleak_on_bluez
from gateway.sources.ble import connecting as ble_connect
from gateway.sources.ble.adapters import Adapters
from gateway.sources.ble.bluez import Radio, forget_links
from gateway.sources.ble.bluez_watch import BluezWatch
from gateway.sources.ble.connecting import BleConnector
from gateway.sources.ble.pairing_agent import PairingAgent
from gateway.sources.ble.scanning import BleScanner
from tests.bluez import names
from tests.bluez.bands import ALERT_SERVICE, BATTERY, BLOOD_PRESSURE_SERVICE, HEART_RATE, Cuff, Strap
from tests.bluez.fake_bluez import FakeBluez
from tests.gateway.sources.recorder import Recorder, eventually, running

STRAP, OTHER_STRAP, CUFF = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:11", "C0:FF:EE:00:00:02"
CLOCK = "2026-11-23T11:21:09+08:00"
BY_NAME = {driver.name: driver for driver in DRIVERS}


class Stage:
    """A connector and the scanner that tells it who is there."""

    def __init__(self, recorder: Recorder, connections: int = 5) -> None:
        self.recorder = recorder
        self.drivers: dict[str, Driver] = {**BY_NAME}
        self.roster = Roster(self.drivers, {})
        self.faults = DriverFaults()
        self.adapters = Adapters(["hci0"])
        self.watch = BluezWatch(self.adapters, forget_links)
        self.agent = PairingAgent()
        self.connector = BleConnector(
            self.roster,
            self.adapters,
            recorder,
            Radio(),
            SystemClock(),
            lambda: CLOCK,
            self.faults,
            agent=self.agent,
            connections=connections,
        )
        self.scanner = BleScanner(
            "hci0",
            self.adapters,
            recorder,
            Radio(),
            SystemClock(),
            enrolled=lambda _: True,
            sighted=self.connector.sighted,
            linked=self.connector.linked,
            silence_s=1,
            longest_pause_s=0.1,
        )

    def enrol(self, **drivers: str | ConnectionDriver) -> None:
        """Enrols bands: strap="ble-heart-rate"."""
        addresses = {"strap": STRAP, "other_strap": OTHER_STRAP, "cuff": CUFF}
        bands = {}
        for band, driver in drivers.items():
            if not isinstance(driver, str):
                self.drivers[f"driver of the {band}"] = replace(driver, name=f"driver of the {band}")
                driver = f"driver of the {band}"
            bands[addresses[band]] = Enrolment(address=addresses[band], driver=driver, wearer="W-017")
        self.roster.replace(bands)

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        async with running(self.watch.run(), self.agent.run(), self.connector.run(), self.scanner.run()):
            await eventually(lambda: self.scanner.state == "scanning")
            yield

    def told(self, address: str, kind: str) -> list[object]:
        """The values that a band told of one kind, in order."""
        return [
            measured.value
            for told_by, _, decoded in self.recorder.reports
            if told_by == address
            for measured in decoded.measurements
            if measured.kind == kind
        ]

    async def next_value(self, address: str, kind: str = "heart_rate", within_s: float = HANGS_S) -> None:
        """Waits for one more."""
        before = len(self.told(address, kind))
        await self.recorder.until(lambda: len(self.told(address, kind)) > before, within_s)


@pytest.fixture
def stage() -> Stage:
    return Stage(Recorder())


async def test_a_strap_streams_and_its_battery_is_told(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)
        strap.bpm = 131
        await stage.recorder.until(lambda: 131 in stage.told(STRAP, "heart_rate"))

    assert stage.told(STRAP, "heart_rate")[0] == 72
    assert stage.told(STRAP, "battery") == [80]
    assert stage.recorder.asked_whether_stored == 0, "a stream that forces the disk at each value wears it out"
    await eventually(lambda: not strap.device.connected)


async def test_a_cuff_is_connected_to_at_once_and_its_hanging_up_is_no_fault(bluez: FakeBluez, stage: Stage) -> None:
    cuff = Cuff(bluez, CUFF)
    stage.enrol(cuff="ble-blood-pressure")

    async with stage.on():
        for systolic in (128, 141):
            assert await cuff.measures(systolic, 82, 71)
            await stage.recorder.until(lambda: len(stage.told(CUFF, "blood_pressure")) == (1 if systolic == 128 else 2))  # noqa: B023

    assert stage.told(CUFF, "blood_pressure") == [BloodPressure(128, 82, 97, 71), BloodPressure(141, 82, 101, 71)]


@pytest.mark.parametrize(
    "what", ["the link is dropped", "bluetoothd is restarted", "bluetoothd is killed", "the adapter is pulled and put back"]
)
async def test_readings_go_on_within_a_minute_when(what: str, bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.2)
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)
        match what:
            case "the link is dropped":
                bluez.drop(STRAP)
            case "bluetoothd is restarted":
                await bluez.restart()
            case "bluetoothd is killed":
                await bluez.crash()
                await bluez.start()
            case "the adapter is pulled and put back":
                bluez.remove_adapter()
                bluez.add_adapter()
        strap.bpm = 99
        await stage.recorder.until(lambda: 99 in stage.told(STRAP, "heart_rate"))


async def test_a_cuff_gets_a_link_although_straps_stream(bluez: FakeBluez) -> None:
    stage = Stage(Recorder(), connections=2)
    strap, other, cuff = Strap(bluez, STRAP, 0.1), Strap(bluez, OTHER_STRAP, 0.1), Cuff(bluez, CUFF)
    stage.enrol(strap="ble-heart-rate", other_strap="ble-heart-rate", cuff="ble-blood-pressure")

    async with stage.on(), running(strap.run(), other.run()):
        await eventually(lambda: strap.device.connected or other.device.connected)
        assert await cuff.measures(128, 82, 71)
        await stage.recorder.until(lambda: stage.told(CUFF, "blood_pressure"))

    assert (strap.device.connected, other.device.connected).count(True) <= 1


async def test_a_band_that_answers_no_connect_blocks_no_other(
    bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bleak_on_bluez, "CONNECT_S", 0.5)
    deaf, good = Strap(bluez, OTHER_STRAP, 0.1), Strap(bluez, STRAP, 0.1)
    deaf.device.connect_s = 3600
    stage.enrol(other_strap="ble-heart-rate", strap="ble-heart-rate")

    async with stage.on(), running(deaf.run(), good.run()):
        await stage.next_value(STRAP)
        await eventually(lambda: bluez.calls.count("Connect") >= 4)
        await stage.next_value(STRAP)

    assert stage.told(OTHER_STRAP, "heart_rate") == []


async def test_a_band_that_answers_nothing_does_not_take_bluetoothd_and_all_others_with_it(
    bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever hangs up while bluetoothd discovers the services, has it killed: it has to lose its patience first."""
    assert bluez.att_patience_s < bleak_on_bluez.CONNECT_S
    bluez.att_patience_s /= 50
    hung, good = Strap(bluez, OTHER_STRAP, 0.1), Strap(bluez, STRAP, 0.1)
    hung.device.answers = False
    stage.enrol(other_strap="ble-heart-rate", strap="ble-heart-rate")

    async with stage.on(), running(hung.run(), good.run()):
        await eventually(lambda: good.device.connected)
        await eventually(lambda: bluez.calls.count("Connect") >= 4)
        await stage.next_value(STRAP)
        deaths, put_off = bluez.deaths, stage.connector.put_off

    assert (deaths, put_off) == (0, [])


@pytest.mark.parametrize("when", ["as it connects", "as we hang up"])
async def test_a_band_that_took_bluetoothd_down_is_left_alone_for_long_and_named_and_the_others_go_on(
    when: str, bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    if when == "as we hang up":
        monkeypatch.setattr(bleak_on_bluez, "CONNECT_S", 0.3)
    hung, good = Strap(bluez, OTHER_STRAP, 0.1), Strap(bluez, STRAP, 0.1)
    hung.device.answers, hung.device.kills = False, when == "as it connects"
    stage.enrol(strap="ble-heart-rate")

    with capture_logs() as logs:
        async with stage.on(), running(hung.run(), good.run()):
            await stage.next_value(STRAP)
            stage.enrol(other_strap="ble-heart-rate", strap="ble-heart-rate")
            await eventually(lambda: bluez.deaths == 1)
            await eventually(lambda: stage.connector.put_off == [OTHER_STRAP])
            connects = bluez.calls.count("Connect")
            await eventually(lambda: bluez.calls.count("Connect") > connects)
            for _ in range(5):
                await stage.next_value(STRAP)

    assert bluez.deaths == 1
    assert [one["device"] for one in logs if one["event"] == "bluetoothd died connecting to a band"] == [OTHER_STRAP]


async def test_a_connect_that_cannot_even_be_cancelled_is_given_up(
    bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bleak asks BlueZ to disconnect when its connect times out, and waits for an answer to that too."""
    monkeypatch.setattr(bleak_on_bluez, "CONNECT_S", 0.2)
    monkeypatch.setattr(bleak_on_bluez, "CLEAN_UP_S", 0.2)
    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap="ble-heart-rate")
    bluez.hangs("Connect", times=2)
    bluez.hangs("Disconnect", times=2)

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)

    assert bluez.calls.count("Connect") >= 3


async def test_services_that_come_too_late_are_looked_for_again_though_the_band_was_heard_only_once(
    bluez: FakeBluez, stage: Stage
) -> None:
    cuff = Cuff(bluez, CUFF)
    cuff.device.resolved_early = True
    stage.enrol(cuff="ble-blood-pressure")

    async with stage.on():
        bluez.advertise(CUFF, build("Cuff", services=[BLOOD_PRESSURE_SERVICE]))
        await eventually(lambda: "Disconnect" in bluez.calls)
        cuff.device.resolved_early = False
        await eventually(lambda: "StartNotify" in bluez.calls)

    assert bluez.calls.count("Connect") == 2


async def test_a_value_that_the_band_does_not_give_costs_no_other(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    strap.device.characteristic(long_uuid(BATTERY)).read_error = (names.FAILED, "Operation failed with ATT error: 0x0e")
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)

    assert stage.told(STRAP, "battery") == []


async def test_a_strap_is_made_to_vibrate_while_it_streams(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)
        assert await stage.connector.signal(STRAP, "received") == Outcome("sent")
        assert await stage.connector.signal(STRAP, "help_on_the_way") == Outcome("sent")
        assert await stage.connector.signal(CUFF, "received") == Outcome("unreachable", "it is not connected")

    assert strap.alerts == [b"\x01", b"\x02"]


async def test_what_a_driver_tried_in_vain_is_told_as_failed_and_not_as_out_of_reach(bluez: FakeBluez, stage: Stage) -> None:
    def has_no_power(_services: Services, _context: Context, _order: Order) -> Conversation:
        while True:
            event = yield Wait(60)
            if isinstance(event, Order):
                yield Answered(event, Outcome("failed", "the motor is stuck"))

    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=has_no_power))

    async with stage.on(), running(strap.run()):
        await eventually(lambda: strap.device.connected)
        assert await stage.connector.signal(STRAP, "received") == Outcome("failed", "the motor is stuck")


# --- the roster changes while it runs ---


async def test_a_strap_that_is_enrolled_is_visited_while_all_else_goes_on(bluez: FakeBluez, stage: Stage) -> None:
    strap, other = Strap(bluez, STRAP, every_s=0.1), Strap(bluez, OTHER_STRAP, every_s=0.1)
    stage.enrol(other_strap="ble-heart-rate")

    async with stage.on(), running(strap.run(), other.run()):
        await stage.next_value(OTHER_STRAP)
        stage.enrol(other_strap="ble-heart-rate", strap="ble-heart-rate")
        await stage.next_value(STRAP)
        await stage.next_value(OTHER_STRAP)

    assert bluez.calls.count("Connect") == 2
    assert bluez.calls.count("StartDiscovery") == 1


async def test_what_was_learnt_of_a_band_goes_with_it(bluez: FakeBluez, stage: Stage) -> None:
    known: list[object] = []

    def learns(_services: Services, context: Context, order: Order) -> Conversation:
        known.append(dict(context.learnt))
        yield Learnt({"visits": len(known)})
        yield Answered(order, Outcome("done"))

    strap, cuff = Strap(bluez, STRAP, every_s=0.2), Cuff(bluez, CUFF)
    learning = replace(BY_NAME["ble-heart-rate"], converse=learns)
    stage.enrol(strap=learning)

    async with stage.on(), running(strap.run()):
        await eventually(lambda: len(known) >= 2)
        stage.enrol(cuff="ble-blood-pressure")
        assert await cuff.measures(128, 82, 71)
        await stage.recorder.until(lambda: stage.told(CUFF, "blood_pressure"))
        before = len(known)
        stage.enrol(strap=learning)
        await eventually(lambda: len(known) > before)

    assert known[:2] == [{}, {"visits": 1}]
    assert known[before] == {}


async def test_a_band_whose_key_is_changed_is_spoken_with_anew(bluez: FakeBluez, stage: Stage) -> None:
    keys: list[bytes | None] = []

    def has_a_key(_services: Services, context: Context, _order: Order) -> Conversation:
        keys.append(context.key)
        while True:
            yield Wait(60)

    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=has_a_key))

    async with stage.on(), running(strap.run()):
        await eventually(lambda: keys == [None])
        (band,) = stage.roster.bands.values()
        stage.roster.replace({STRAP: replace(band, room="3-202")})
        stage.roster.replace({STRAP: replace(band, key=b"secret")})
        await eventually(lambda: len(keys) == 2)

    assert keys == [None, b"secret"]


async def test_a_band_that_is_back_on_the_roster_before_its_link_is_over_is_visited_again(
    bluez: FakeBluez, stage: Stage
) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)
        stage.enrol()
        await asyncio.sleep(0)
        stage.enrol(strap="ble-heart-rate")
        await eventually(lambda: bluez.calls.count("Connect") == 2)
        await stage.next_value(STRAP)


async def test_a_strap_makes_room_for_a_band_that_is_given_a_connection_of_its_own(bluez: FakeBluez) -> None:
    stage = Stage(Recorder(), connections=1)
    strap, other = Strap(bluez, STRAP, every_s=0.1), Strap(bluez, OTHER_STRAP, every_s=0.1)
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run(), other.run()):
        await stage.next_value(STRAP)
        own = Enrolment(address=OTHER_STRAP, driver="ble-heart-rate", wearer="W-018", slot=True)
        stage.roster.replace({**stage.roster.bands, OTHER_STRAP: own})
        await stage.next_value(OTHER_STRAP)
        await eventually(lambda: not strap.device.connected)
        await stage.next_value(OTHER_STRAP)


async def test_a_band_that_loses_its_own_connection_is_visited_as_all_others(bluez: FakeBluez, stage: Stage) -> None:
    stays: list[bool] = []

    def is_told(_services: Services, context: Context, order: Order) -> Conversation:
        stays.append(context.stays)
        yield Answered(order, Outcome("done"))
        while context.stays:
            yield Wait(60)

    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=is_told, streams=False, stays=True))
    (band,) = stage.roster.bands.values()
    stage.roster.replace({STRAP: replace(band, slot=True)})

    async with stage.on(), running(strap.run()):
        await eventually(lambda: stays == [True])
        stage.roster.replace({STRAP: band})
        await eventually(lambda: not strap.device.connected)

    assert stays == [True] or stays == [True, False]


async def test_a_strap_that_was_taken_off_the_roster_is_let_go(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)
        stage.enrol(cuff="ble-blood-pressure")
        await eventually(lambda: not strap.device.connected)


async def test_an_oximeter_with_nothing_to_say_is_left_in_peace_and_one_that_hung_up_at_once_is_not(
    bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its battery says nothing of its wearer."""
    monkeypatch.setattr(schedule, "IDLE_PAUSE_S", 3600)

    def tells_its_battery(_services: Services, _context: Context, _order: Order) -> Conversation:
        yield Report(Decoded([Measurement(kind="battery", value=80)]))

    idle, cut_off = Strap(bluez, STRAP, every_s=0.1), Strap(bluez, OTHER_STRAP, every_s=0.1)
    clip = replace(BY_NAME["ble-pulse-oximeter"], services=BY_NAME["ble-heart-rate"].services)
    stage.enrol(strap=replace(clip, converse=tells_its_battery), other_strap="ble-heart-rate")

    async with stage.on(), running(idle.run(), cut_off.run()):
        for _ in range(4):
            await stage.next_value(OTHER_STRAP, "battery")
            bluez.drop(OTHER_STRAP)

    assert stage.told(STRAP, "battery") == [80, 80]
    assert not idle.device.connected


async def test_a_band_that_is_connected_is_named_in_the_log(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap="ble-heart-rate")

    with capture_logs() as logged:
        async with stage.on(), running(strap.run()):
            await stage.next_value(STRAP)

    assert [(line["device"], line["adapter"]) for line in logged if line["event"] == "band connected"] == [(STRAP, "hci0")]


async def test_a_strap_that_falls_silent_without_a_word_is_connected_to_anew(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    silent_soon = replace(BY_NAME["ble-heart-rate"], silence_s=0.5)
    stage.enrol(strap=silent_soon)

    async with stage.on():
        async with running(strap.run()):
            await stage.next_value(STRAP)
        async with running(strap.run()):
            await eventually(lambda: bluez.calls.count("Connect") == 1)
        await eventually(lambda: not strap.device.connected)
        async with running(strap.run()):
            await stage.next_value(STRAP)

    assert bluez.calls.count("Connect") == 2


async def test_a_driver_that_fails_costs_only_its_own_band(bluez: FakeBluez, stage: Stage) -> None:
    def fails(_services: Services, _context: Context, _order: Order) -> Conversation:
        yield Wait(0.1)
        raise ZeroDivisionError

    strap, other = Strap(bluez, STRAP, 0.1), Strap(bluez, OTHER_STRAP, 0.1)
    stage.enrol(other_strap=replace(BY_NAME["ble-heart-rate"], converse=fails), strap="ble-heart-rate")

    async with stage.on(), running(strap.run(), other.run()):
        await eventually(lambda: bluez.calls.count("Connect") >= 3)
        await stage.next_value(STRAP)


async def test_a_band_that_refuses_is_tried_again_and_told_when_it_gives_in(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    strap.device.connect_error = (names.FAILED, "le-connection-refused")
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await eventually(lambda: bluez.calls.count("Connect") >= 2)
        strap.device.connect_error = None
        await stage.next_value(STRAP)


# --- what a driver may rely on ---


async def test_a_driver_that_wants_its_report_on_the_disk_waits_until_it_is(bluez: FakeBluez, stage: Stage) -> None:
    answers: list[Answer] = []

    def fetches(_services: Services, _context: Context, _order: Order) -> Conversation:
        yield Subscribe(long_uuid(HEART_RATE))
        answers.append((yield Wait(5)))
        yield Report(Decoded([Measurement(kind="heart_rate", value=72)]))
        answers.append((yield Store()))
        answers.append((yield Wait(0)))

    strap = Strap(bluez, STRAP, every_s=0.5)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=fetches, streams=False))

    async with stage.on(), running(strap.run()):
        await eventually(lambda: len(answers) == 3)

    assert [type(answer) for answer in answers] == [Notified, bool, Silence]
    assert answers[1] is True
    assert stage.recorder.asked_whether_stored == 1


async def test_a_band_that_refuses_its_key_again_is_named_in_the_log(bluez: FakeBluez, stage: Stage) -> None:
    def is_refused(_services: Services, _context: Context, _order: Order) -> Conversation:
        yield PairAgain("it refuses the key")

    strap = Strap(bluez, STRAP, every_s=0.5)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=is_refused, streams=False))

    with capture_logs() as logged:
        async with stage.on(), running(strap.run()):
            await eventually(lambda: any(line["event"] == "band refuses: pair it again" for line in logged))

    assert {
        "event": "band refuses: pair it again",
        "device": STRAP,
        "why": "it refuses the key",
        "log_level": "warning",
    } in logged


async def test_a_driver_is_told_when_the_disk_does_not_take_its_report(
    bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Answer] = []

    def fetches(_services: Services, _context: Context, _order: Order) -> Conversation:
        answers.append((yield Store()))

    monkeypatch.setattr(conversation, "STORE_S", 0.05)
    stage.recorder.disk.clear()
    strap = Strap(bluez, STRAP, every_s=0.5)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=fetches, streams=False))

    async with stage.on(), running(strap.run()):
        await eventually(lambda: answers)

    assert answers[0] is False


async def test_what_a_visit_is_made_of_is_ordered_one_after_the_other(bluez: FakeBluez, stage: Stage) -> None:
    ordered: list[Order] = []

    def does_all(_services: Services, _context: Context, order: Order) -> Conversation:
        answer: Answer = order
        while isinstance(answer, Order):
            ordered.append(answer)
            yield Wait(0)  # nothing new is ordered before this is answered
            yield Answered(answer, Outcome("done"))
            answer = yield Wait(1)

    plan = (Visit(), Fetch(), Measure("heart_rate"))
    strap = Strap(bluez, STRAP, every_s=100)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=does_all, streams=False, visit=plan))

    async with stage.on(), running(strap.run()):
        await eventually(lambda: len(ordered) >= 3)

    assert tuple(ordered[:3]) == plan


async def test_a_driver_is_told_what_it_learnt_at_the_last_visit(bluez: FakeBluez, stage: Stage) -> None:
    known: list[object] = []

    def learns(_services: Services, context: Context, order: Order) -> Conversation:
        known.append(dict(context.learnt))
        yield Learnt({"visits": len(known)})
        yield Answered(order, Outcome("done"))

    strap = Strap(bluez, STRAP, every_s=100)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=learns))

    async with stage.on(), running(strap.run()):
        await eventually(lambda: len(known) >= 2)

    assert known[:2] == [{}, {"visits": 1}]


async def test_what_a_band_said_before_it_hung_up_is_still_reported(bluez: FakeBluez, stage: Stage) -> None:
    cuff = Cuff(bluez, CUFF)
    stage.enrol(cuff="ble-blood-pressure")
    stage.recorder.open.clear()

    async with stage.on(), asyncio.TaskGroup() as tasks:
        tasks.create_task(cuff.measures(128, 82, 71, times=3))
        await eventually(lambda: "StartNotify" in bluez.calls and not cuff.device.connected)
        stage.recorder.open.set()
        await stage.recorder.until(lambda: len(stage.told(CUFF, "blood_pressure")) == 3)


async def test_a_band_that_says_more_than_the_disk_takes_is_let_go_before_memory_grows(
    bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(band_link, "MOST_WAITING", 5)
    strap = Strap(bluez, STRAP, every_s=0.02)
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)
        stage.recorder.open.clear()
        before = bluez.calls.count("Disconnect")
        said = strap.said
        await eventually(lambda: strap.said > said + 20)
        stage.recorder.open.set()
        await eventually(lambda: bluez.calls.count("Disconnect") > before)
        await stage.next_value(STRAP)


async def test_a_driver_that_never_ends_a_visit_gives_the_link_back(
    bluez: FakeBluez, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dawdles(_services: Services, _context: Context, _order: Order) -> Conversation:
        while True:
            yield Wait(3600)

    monkeypatch.setattr(ble_connect, "LONGEST_VISIT_S", 0.3)
    strap = Strap(bluez, STRAP, every_s=0.1)
    stage.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=dawdles, streams=False))

    async with stage.on(), running(strap.run()):
        await eventually(lambda: strap.device.connected)
        await eventually(lambda: not strap.device.connected)


async def test_a_cuff_without_a_vibrator_cannot_vibrate(bluez: FakeBluez, stage: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    del strap.device.services[long_uuid(ALERT_SERVICE)]
    stage.enrol(strap="ble-heart-rate")

    async with stage.on(), running(strap.run()):
        await stage.next_value(STRAP)
        assert (await stage.connector.signal(STRAP, "received")).result == "unsupported"

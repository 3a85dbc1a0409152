"""Bands that want to be bonded, with bleak and our agent on a stand-in for bluetoothd that asks it."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from msgspec.structs import replace
from structlog.testing import capture_logs

from drivers.driver import (
    Answered,
    Context,
    Conversation,
    Decoded,
    Order,
    Outcome,
    PairAgain,
    Read,
    Report,
    Services,
    Subscribe,
)
from drivers.measurement import BloodPressure, Measurement
from fake_devices.ble_link.advertising_data import build, long_uuid
from gateway.sources.ble import bluez as bleak_on_bluez
from gateway.sources.ble import pairing_agent
from gateway.sources.ble.pairing_agent import JUST_WORKS, KEYBOARD, PATH, answer
from tests.bluez import names
from tests.bluez.bands import BATTERY, BLOOD_PRESSURE, BLOOD_PRESSURE_SERVICE, HEART_RATE, Cuff, Strap
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus
from tests.gateway.sources.ble.test_connecting import BY_NAME, CUFF, STRAP, Stage
from tests.gateway.sources.recorder import Recorder, eventually, running

ADAPTER = "00:1A:7D:DA:71:01"
PATH_OF_CUFF = "/org/bluez/hci0/dev_C0_FF_EE_00_00_02"
PASSKEY = 4711
STOPS_S = 10  # as long as the daemon may take to stop


@pytest.fixture
def ward() -> Stage:
    made = Stage(Recorder())
    made.enrol(cuff="ble-blood-pressure")
    return made


@pytest.fixture
def cuff(bluez: FakeBluez) -> Cuff:
    """Its measurements are for who is bonded."""
    made = Cuff(bluez, CUFF)
    made.device.characteristic(long_uuid(BLOOD_PRESSURE)).bonded_only = True
    return made


def paired(bluez: FakeBluez, cuff: Cuff) -> None:
    """They were, at some time."""
    bluez.adapter().bonds.add(CUFF)
    cuff.device.bonds.add(ADAPTER)


async def is_default(bluez: FakeBluez, capability: str = JUST_WORKS) -> None:
    await eventually(lambda: [agent.capability for agent in bluez.pairing.agents[-1:]] == [capability])


def events(logs: list[MutableMapping[str, Any]], event: str) -> list[object]:
    return [line["device"] for line in logs if line["event"] == event]


# --- a first bond ---


async def test_a_cuff_that_wants_to_be_bonded_is_bonded_and_read_in_the_show_of_its_measurement(
    bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    with capture_logs() as logs:
        async with ward.on():
            await is_default(bluez)
            assert await cuff.measures(128, 82, 71), "in the 20 s that it shows itself"
            await ward.recorder.until(lambda: ward.told(CUFF, "blood_pressure"))

    assert ward.told(CUFF, "blood_pressure") == [BloodPressure(128, 82, 97, 71)]
    assert bluez.calls.count("Connect") == 1
    assert cuff.device.bonds == {ADAPTER}
    assert ward.connector.unpaired == []
    assert events(logs, "band refuses: pair it again") == []


async def test_a_cuff_with_a_passkey_is_bonded_by_that_of_the_roster(bluez: FakeBluez, cuff: Cuff, ward: Stage) -> None:
    cuff.device.passkey = PASSKEY
    (band,) = ward.roster.bands.values()
    ward.roster.replace({CUFF: replace(band, passkey=PASSKEY)})

    async with ward.on():
        assert await cuff.measures(128, 82, 71)
        await ward.recorder.until(lambda: ward.told(CUFF, "blood_pressure"))
        await is_default(bluez, JUST_WORKS)

    assert bluez.calls.count("Connect") == 1


@pytest.mark.parametrize("enrolled", [None, PASSKEY + 1], ids=["none", "another"])
async def test_a_cuff_whose_passkey_the_roster_does_not_have_is_for_a_person(
    enrolled: int | None, bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    cuff.device.passkey = PASSKEY
    (band,) = ward.roster.bands.values()
    ward.roster.replace({CUFF: replace(band, passkey=enrolled)})

    async with ward.on():
        await shown_until(cuff, bluez, lambda: ward.connector.unpaired == [CUFF])

    assert cuff.device.bonds == set()


async def test_a_bond_outlives_our_restart_and_that_of_bluetoothd(bluez: FakeBluez, cuff: Cuff, ward: Stage) -> None:
    async with ward.on():
        assert await cuff.measures(128, 82, 71)
    await bluez.restart()
    cuff.device.pairing_mode = False
    again = Stage(Recorder())
    again.enrol(cuff="ble-blood-pressure")

    async with again.on():
        assert await cuff.measures(141, 82, 71)
        await again.recorder.until(lambda: again.told(CUFF, "blood_pressure"))

    assert "RemoveDevice" not in bluez.calls


async def test_a_bonded_cuff_is_known_whatever_address_it_has_now(bluez: FakeBluez, cuff: Cuff, ward: Stage) -> None:
    paired(bluez, cuff)
    cuff.device.private = "5A:11:22:33:44:55"

    async with ward.on():
        bluez.advertise(cuff.device.private, build("Cuff", services=[BLOOD_PRESSURE_SERVICE]))
        await eventually(lambda: "StartNotify" in bluez.calls)
        cuff.device.private = "6B:66:77:88:99:AA"
        bluez.drop(CUFF)
        connects = bluez.calls.count("Connect")
        await eventually(lambda: not cuff.device.connected)
        await eventually(lambda: _shows(bluez, cuff) and bluez.calls.count("Connect") > connects)


async def test_without_a_bond_such_a_cuff_is_nobody(bluez: FakeBluez, cuff: Cuff, ward: Stage) -> None:
    cuff.device.private = "5A:11:22:33:44:55"

    async with ward.on():
        bluez.advertise(cuff.device.private, build("Cuff", services=[BLOOD_PRESSURE_SERVICE]))
        await ward.recorder.until(lambda: ward.recorder.advertisements)
        await bluez.settled()

    assert {heard.address for heard in ward.recorder.advertisements} == {"5A:11:22:33:44:55"}
    assert "Connect" not in bluez.calls


def _shows(bluez: FakeBluez, cuff: Cuff) -> bool:
    bluez.advertise(cuff.device.private or CUFF, build("Cuff", services=[BLOOD_PRESSURE_SERVICE]))
    return True


async def shown_until(cuff: Cuff, bluez: FakeBluez, true: object) -> None:
    """It shows itself until this is so."""
    assert callable(true)
    async with running(_showing(bluez, cuff)):
        await eventually(true)


async def _showing(bluez: FakeBluez, cuff: Cuff) -> None:
    while True:
        _shows(bluez, cuff)
        await asyncio.sleep(0.05)


# --- a bond of which one half is lost ---


@pytest.mark.parametrize("hangs_up", [False, True], ids=["and refuses", "and hangs up"])
async def test_a_cuff_that_forgot_us_is_paired_again_and_read_in_the_same_show(
    hangs_up: bool, bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    paired(bluez, cuff)
    cuff.device.bonds.clear()
    cuff.device.hangs_up_without_key = hangs_up

    with capture_logs() as logs:
        async with ward.on():
            await is_default(bluez)
            assert await cuff.measures(128, 82, 71), "in the 20 s that it shows itself"
            await ward.recorder.until(lambda: ward.told(CUFF, "blood_pressure"))

    assert bluez.calls.count("RemoveDevice") == 1
    assert 2 <= bluez.calls.count("Connect") <= 3
    assert cuff.device.bonds == {ADAPTER}
    assert events(logs, "bond is begun anew") == [CUFF]
    assert events(logs, "band refuses: pair it again") == []


async def test_an_adapter_that_goes_while_a_lost_bond_is_removed_ends_nothing(
    bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    """It may be switched off to be helped."""
    paired(bluez, cuff)
    cuff.device.bonds.clear()
    cuff.device.hangs_up_without_key = True
    bluez.hangs("RemoveDevice")

    async with ward.on():
        await is_default(bluez)
        await shown_until(cuff, bluez, lambda: "RemoveDevice" in bluez.calls)
        connects = bluez.calls.count("Connect")
        bluez.power(False)
        await eventually(lambda: ward.scanner.state == "powered off")
        bluez.power(True)
        await shown_until(cuff, bluez, lambda: bluez.calls.count("Connect") > connects)


async def test_a_cuff_that_still_refuses_is_told_once_and_its_bond_removed_once_until_a_person_pairs_it(
    bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    paired(bluez, cuff)
    cuff.device.bonds.clear()
    cuff.device.pairing_mode = False

    with capture_logs() as logs:
        async with ward.on():
            assert ward.connector.undecided(CUFF)
            await shown_until(cuff, bluez, lambda: ward.connector.unpaired == [CUFF])
            connects = bluez.calls.count("Connect")
            await shown_until(cuff, bluez, lambda: bluez.calls.count("Connect") > connects + 1)
            undecided = ward.connector.undecided(CUFF)
            cuff.device.pairing_mode = True
            assert await cuff.measures(128, 82, 71)
            await eventually(lambda: ward.connector.unpaired == [])

    assert not undecided
    assert bluez.calls.count("RemoveDevice") == 1
    assert events(logs, "band refuses: pair it again") == [CUFF]
    assert not any("W-017" in str(line) for line in logs), "no wearer in a line of the log"


async def test_a_cuff_that_is_not_enrolled_any_more_needs_nobody(bluez: FakeBluez, cuff: Cuff, ward: Stage) -> None:
    cuff.device.pairing_mode = False

    async with ward.on():
        await shown_until(cuff, bluez, lambda: ward.connector.unpaired == [CUFF])
        ward.enrol(strap="ble-heart-rate")
        await eventually(lambda: ward.connector.unpaired == [])
        assert not ward.connector.undecided(CUFF)


async def test_what_a_visit_came_to_that_the_roster_ended_says_nothing_of_what_is_enrolled_now(
    bluez: FakeBluez, ward: Stage
) -> None:
    begun: list[tuple[str, list[str], bool]] = []

    def refuses_twice(_services: Services, _context: Context, order: Order) -> Conversation:
        begun.append((order.name, ward.connector.unpaired, ward.connector.undecided(STRAP)))
        if len(begun) <= 2:
            yield PairAgain("it refuses the key")
        if len(begun) == 2:
            (band,) = ward.roster.bands.values()
            ward.roster.replace({STRAP: replace(band, passkey=PASSKEY)})
        yield Answered(order, Outcome("done"))

    strap = Strap(bluez, STRAP, every_s=0.1)
    ward.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=refuses_twice, streams=False))

    async with ward.on(), running(strap.run()):
        await eventually(lambda: len(begun) == 3)

    assert begun[1] == ("pair", [], True), "it was paired again by ourselves"
    assert begun[2] == ("visit", [], True), "of the band with the new passkey nobody knows anything yet"


async def test_a_band_that_refuses_only_its_battery_is_no_case_for_a_person_when_it_has_nothing_to_say(
    bluez: FakeBluez, ward: Stage
) -> None:
    unpaired: list[list[str]] = []

    def tells_a_value_at_the_second_visit(_services: Services, _context: Context, order: Order) -> Conversation:
        unpaired.append(ward.connector.unpaired)
        yield Subscribe(long_uuid(HEART_RATE))
        yield Read(long_uuid(BATTERY))
        if len(unpaired) == 2:
            yield Report(Decoded([Measurement(kind="heart_rate", value=72)]))
        yield Answered(order, Outcome("done"))

    strap = Strap(bluez, STRAP, every_s=0.1)
    strap.device.characteristic(long_uuid(BATTERY)).bonded_only = True
    strap.device.pairing_mode = False
    converse = tells_a_value_at_the_second_visit
    ward.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=converse, streams=False, on_sight=True))

    async with ward.on(), running(strap.run()):
        await eventually(lambda: len(unpaired) == 5)

    assert unpaired == [[]] * 5


async def test_a_band_that_refuses_only_its_battery_is_visited_no_more_often_than_another(
    bluez: FakeBluez, ward: Stage
) -> None:
    def refuses_its_battery(_services: Services, _context: Context, order: Order) -> Conversation:
        yield Read(long_uuid(BATTERY))
        yield Report(Decoded([Measurement(kind="heart_rate", value=72)]))
        yield Answered(order, Outcome("done"))

    strap = Strap(bluez, STRAP, every_s=0.1)
    strap.device.characteristic(long_uuid(BATTERY)).bonded_only = True
    strap.device.pairing_mode = False
    ward.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=refuses_its_battery, streams=False))

    with capture_logs() as logs:
        async with ward.on(), running(strap.run()):
            await eventually(lambda: len(events(logs, "visit over")) == 2)
            said = strap.said
            await eventually(lambda: strap.said > said + 30)

    assert len(events(logs, "band connected")) == 2, "once to bond, once to be read; then in a quarter of an hour"


async def test_a_strap_that_streams_and_refuses_its_battery_streams_on(bluez: FakeBluez, ward: Stage) -> None:
    strap = Strap(bluez, STRAP, every_s=0.1)
    strap.device.characteristic(long_uuid(BATTERY)).bonded_only = True
    strap.device.pairing_mode = False
    ward.enrol(strap="ble-heart-rate")

    async with ward.on(), running(strap.run()):
        await ward.next_value(STRAP)
        await eventually(lambda: bluez.calls.count("Connect") == 2)
        for _ in range(10):
            await ward.next_value(STRAP)
        bluez.drop(STRAP)
        await eventually(lambda: bluez.calls.count("Connect") == 3)
        for _ in range(10):
            await ward.next_value(STRAP)

    assert bluez.calls.count("Connect") == 3, "it is let go for its bond once"
    assert ward.connector.unpaired == []


async def test_a_band_whose_own_key_is_refused_is_given_it_at_the_next_visit(bluez: FakeBluez, ward: Stage) -> None:
    orders: list[str] = []

    def has_another_key(_services: Services, _context: Context, order: Order) -> Conversation:
        orders.append(order.name)
        if len(orders) == 1:
            yield PairAgain("it refuses the key")
        yield Answered(order, Outcome("done"))

    strap = Strap(bluez, STRAP, every_s=0.1)
    ward.enrol(strap=replace(BY_NAME["ble-heart-rate"], converse=has_another_key, streams=False))

    async with ward.on(), running(strap.run()):
        await eventually(lambda: len(orders) == 2)

    assert orders == ["visit", "pair"]


# --- the end ---


@pytest.mark.parametrize("amid", ["Connect", "StartNotify"])
async def test_it_stops_in_time_amid_a_pairing_though_bluetoothd_answers_nothing_any_more(
    amid: str, bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    for member in (amid, "Disconnect", "StopDiscovery", "UnregisterAgent"):
        bluez.hangs(member, times=100)

    async with ward.on():
        await shown_until(cuff, bluez, lambda: amid in bluez.calls)
        asked_s = asyncio.get_running_loop().time()

    assert asyncio.get_running_loop().time() - asked_s < STOPS_S


# --- what is no refusal ---


@pytest.mark.parametrize(
    ("error", "unpaired"),
    [
        ((names.NOT_PERMITTED, "Not paired"), True),
        ((names.NOT_AUTHORIZED, "Operation Not Authorized"), True),
        ((names.FAILED, "Operation failed with ATT error: 0x0f"), True),
        ((names.FAILED, "Operation failed with ATT error: 0x0e"), False),
        ((names.NOT_SUPPORTED, "Operation is not supported"), False),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
async def test_only_an_error_that_says_so_means_that_a_band_wants_a_bond(
    error: tuple[str, str], unpaired: bool, bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    cuff.device.characteristic(long_uuid(BLOOD_PRESSURE)).subscribe_error = error

    async with ward.on():
        visits = 3 if unpaired else 2
        await shown_until(cuff, bluez, lambda: bluez.calls.count("Connect") >= visits)

    assert ward.connector.unpaired == ([CUFF] if unpaired else [])


async def test_a_cuff_that_was_merely_slow_is_not_called_unpaired(
    bluez: FakeBluez, cuff: Cuff, ward: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bleak_on_bluez, "PAIRING_S", 0.2)
    bluez.hangs("StartNotify", times=2)

    with capture_logs() as logs:
        async with ward.on():
            await shown_until(cuff, bluez, lambda: bluez.calls.count("StartNotify") >= 2)
            await eventually(lambda: len(events(logs, "visit over")) >= 2)

    assert ward.connector.unpaired == []
    assert events(logs, "bond is begun anew") == []


# --- whom the agent answers ---


@pytest.mark.parametrize(
    ("question", "about", "given"),
    [
        ("RequestAuthorization", ["/cuff"], []),
        ("RequestPasskey", ["/cuff"], None),
        ("RequestPasskey", ["/key"], [PASSKEY]),
        ("RequestAuthorization", ["/key"], None),
        ("RequestAuthorization", ["/stranger"], None),
        ("RequestPasskey", ["/stranger"], None),
        ("RequestConfirmation", ["/cuff", 123456], None),
        ("RequestPinCode", ["/cuff"], None),
        ("AuthorizeService", ["/cuff", "180d"], None),
        ("RequestAuthorization", [], None),
        ("Cancel", [], []),
        ("Release", [], []),
    ],
)
def test_only_who_is_expected_may_pair_and_only_in_the_way_that_is_agreed(
    question: str, about: list[object], given: list[int] | None
) -> None:
    assert answer(question, about, {"/cuff": None, "/key": PASSKEY}) == given


async def test_a_stranger_that_pairs_with_us_is_refused_while_an_enrolled_band_is_bonded(
    bluez: FakeBluez, cuff: Cuff, ward: Stage
) -> None:
    async with ward.on():
        await is_default(bluez)
        assert await bluez.pairing.ask("RequestAuthorization", "/org/bluez/hci0/dev_F0_0D_00_00_00_99") is None
        assert await bluez.pairing.ask("RequestAuthorization", PATH_OF_CUFF) is None, "nobody connects to it now"
        async with ward.agent.expecting(PATH_OF_CUFF, None):
            assert await bluez.pairing.ask("RequestAuthorization", PATH_OF_CUFF) == []
            assert await bluez.pairing.ask("RequestAuthorization", "/org/bluez/hci0/dev_F0_0D_00_00_00_99") is None


async def test_there_is_a_keyboard_before_a_band_with_a_passkey_is_connected_to_and_no_longer_than_it_is(
    bluez: FakeBluez, ward: Stage
) -> None:
    async with ward.on():
        await is_default(bluez)
        async with ward.agent.expecting(PATH_OF_CUFF, PASSKEY):
            keyboard = bluez.pairing.agents[-1].capability
        await is_default(bluez, JUST_WORKS)

    assert keyboard == KEYBOARD, "what an agent can do counts when the link is made"


async def test_the_agent_answers_nobody_but_bluetoothd(bluez: FakeBluez, private_bus: PrivateBus, ward: Stage) -> None:
    bus = await MessageBus(private_bus.address, BusType.SYSTEM).connect()
    async with ward.on(), ward.agent.expecting(PATH_OF_CUFF, PASSKEY):
        await is_default(bluez, KEYBOARD)
        agent = bluez.pairing.agents[-1]
        asked = Message(agent.sender, PATH, names.AGENT, "RequestPasskey", signature="o", body=[PATH_OF_CUFF])
        reply = await bus.call(asked)
    bus.disconnect()

    assert reply.message_type == MessageType.ERROR
    assert reply.body == [""]


async def test_a_signal_of_another_program_makes_it_no_bluetoothd_and_no_band_lost(
    bluez: FakeBluez, cuff: Cuff, private_bus: PrivateBus, ward: Stage
) -> None:
    bus = await MessageBus(private_bus.address, BusType.SYSTEM).connect()
    async with ward.on(), ward.agent.expecting(PATH_OF_CUFF, PASSKEY):
        await is_default(bluez, KEYBOARD)
        agent = bluez.pairing.agents[-1].sender
        told = ("org.bluez", "", bus.unique_name)
        await bus.send(signal_to(agent, "/org/freedesktop/DBus", names.BUS, "NameOwnerChanged", "sss", *told))
        await bus.send(signal_to(agent, PATH_OF_CUFF, names.DEVICE, "Disconnected", "ss", names.NO_KEY, ""))
        reply = await bus.call(Message(agent, PATH, names.AGENT, "RequestPasskey", signature="o", body=[PATH_OF_CUFF]))
        lost = ward.agent.lost_its_key(PATH_OF_CUFF)
        assert await bluez.pairing.ask("RequestPasskey", PATH_OF_CUFF) == [PASSKEY], "bluetoothd is still answered"
    bus.disconnect()

    assert reply is not None
    assert reply.message_type == MessageType.ERROR, "the passkey is for bluetoothd"
    assert not lost


def signal_to(program: str, path: str, interface: str, member: str, signature: str, *body: object) -> Message:
    """As any program on the bus may send it: to one receiver, whatever that asked for."""
    kind = MessageType.SIGNAL
    return Message(program, path, interface, member, message_type=kind, signature=signature, body=list(body))


async def test_a_band_that_was_hung_up_on_before_its_visit_has_not_lost_its_key_in_it(bluez: FakeBluez, ward: Stage) -> None:
    async with ward.on():
        await is_default(bluez)
        for path in (PATH_OF_CUFF, "/org/bluez/hci0/dev_F0_0D_00_00_00_99"):
            bluez.hung_up_for_want_of_a_key(path)
        await bluez.settled()
        await is_default(bluez)
        async with ward.agent.expecting(PATH_OF_CUFF, None):
            pass

    assert not ward.agent.lost_its_key(PATH_OF_CUFF)
    assert not ward.agent.lost_its_key("/org/bluez/hci0/dev_F0_0D_00_00_00_99"), "of strangers nothing is kept"


@pytest.mark.parametrize("call", ["RegisterAgent", "RequestDefaultAgent", "UnregisterAgent"])
async def test_an_agent_whose_call_bluetoothd_did_not_answer_in_time_is_registered_all_the_same(
    call: str, bluez: FakeBluez, ward: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing_agent, "ANSWER_S", 0.2)
    monkeypatch.setattr(pairing_agent, "AGAIN_S", 0.2)
    bluez.answers_too_late(call)

    async with ward.on():
        await eventually(lambda: bluez.calls.count("RequestDefaultAgent") >= 1)
        async with ward.agent.expecting(PATH_OF_CUFF, PASSKEY):
            await is_default(bluez, KEYBOARD)
        await is_default(bluez, JUST_WORKS)


@pytest.mark.parametrize("what", ["bluetoothd is restarted", "bluetoothd is killed", "D-Bus is restarted"])
async def test_the_agent_is_registered_again_when(what: str, bluez: FakeBluez, private_bus: PrivateBus, ward: Stage) -> None:
    async with ward.on():
        await is_default(bluez)
        match what:
            case "bluetoothd is restarted":
                await bluez.restart()
            case "bluetoothd is killed":
                await bluez.crash()
                await bluez.start()
            case "D-Bus is restarted":
                private_bus.kill()
                await bluez.crash()
                private_bus.start()
                await bluez.start()
        await is_default(bluez)

    await eventually(lambda: not bluez.pairing.agents)


async def test_the_agent_of_a_person_who_pairs_by_hand_goes_before_ours_as_long_as_it_is_there(
    bluez: FakeBluez, private_bus: PrivateBus, ward: Stage
) -> None:
    async with ward.on():
        await is_default(bluez)
        bus = await MessageBus(private_bus.address, BusType.SYSTEM).connect()
        for member, signature, body in (("RegisterAgent", "os", ["/x", KEYBOARD]), ("RequestDefaultAgent", "o", ["/x"])):
            await bus.call(Message(names.BLUEZ, "/org/bluez", names.AGENT_MANAGER, member, signature=signature, body=body))
        await is_default(bluez, KEYBOARD)
        bus.disconnect()
        await is_default(bluez, JUST_WORKS)

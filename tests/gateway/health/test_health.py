"""What is wrong is known with the moment since when, and a fault that lasts is an alert of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from structlog.testing import capture_logs

from drivers.driver import Decoded
from drivers.measurement import Measurement
from drivers.standard import heart_rate
from gateway.driver_bugs import DriverFaults
from gateway.gap import Gap
from gateway.health.board import Board
from gateway.health.health import LOOK_EVERY_S, Health
from gateway.health.machine import Machine
from gateway.health.ports_and_radio import PortsAndRadio
from gateway.health.ways_to_people import WaysToPeople
from gateway.readings import Enrolment
from gateway.snapshot import Fault
from gateway.store import gaps
from gateway.store.counters import Counters
from gateway.supervision.fault_watch import PATIENCE, SeenFault
from tests.gateway.upper_half import STRAP, TestClock, UpperHalf, upper_half
from tests.steps import steps

PATIENCE_S = PATIENCE["port_lost"].begins_s


@dataclass
class Port:
    state: str = "open"
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    garbled: bool = False
    heard_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tried.set()


@dataclass
class Link:
    state: str = "connected"
    platform_answered: bool = False
    faults: list[str] = field(default_factory=list)


@dataclass
class Modem:
    state: str = "ready"
    why: str = ""
    faults: list[str] = field(default_factory=list)


@dataclass
class Connections:
    """Which bands a person has to pair; what is not known of any is undecided."""

    faults: list[SeenFault] = field(default_factory=list)
    known: bool = True

    def unpaired(self) -> list[SeenFault]:
        return self.faults

    def undecided(self, address: str) -> bool:
        return not self.known


def health_of(
    half: UpperHalf,
    port: Port,
    link: Link | None = None,
    drivers: DriverFaults | None = None,
    *,
    adapters: dict[str, Port] | None = None,
    modem: Modem | None = None,
    put_off: Callable[[], list[str]] = list,
    bonds: Connections | None = None,
    stuck_contacts: Callable[[], list[str]] = list,
    imitated: Callable[[], list[str]] = list,
) -> Health:
    return Health(
        clock=half.clock,
        readings=half.stores.readings,
        store=half.stores,
        desk=half.desk,
        hearing=PortsAndRadio({"hall-hub": port}, adapters or {}, drivers or DriverFaults(), half.roster, half.intake),
        ways=WaysToPeople({"mqtt": link or Link()}, {"modem": modem} if modem else {}),
        machine=Machine(half.clock, Path("/"), board=Board(Path("/nowhere"))),
        unregistered=half.intake.unregistered_calls,
        put_off=put_off,
        bonds=bonds or Connections(),
        stuck_contacts=stuck_contacts,
        imitated=imitated,
        sources_lost=half.pipeline.sources_lost,
    )


async def test_what_is_wrong_is_told_with_the_moment_since_when(half: UpperHalf) -> None:
    port, link = Port(), Link()
    health = health_of(half, port, link)
    well = health.faults()
    lost_ms = half.clock.wall_ms()
    port.state = "absent"
    health.faults()
    half.clock.now_s += 90
    link.faults = ["link keeps breaking"]
    faults = health.faults()
    port.state = "open"

    assert well == ()
    assert faults == (
        Fault(fault="link keeps breaking", since_ms=half.clock.wall_ms()),
        Fault(fault="port_lost", since_ms=lost_ms, device="hall-hub"),
    )
    assert [fault.fault for fault in health.faults()] == ["link keeps breaking"]


async def test_a_fault_that_comes_again_is_told_since_then(half: UpperHalf) -> None:
    port = Port(state="absent")
    health = health_of(half, port)
    health.faults()
    port.state = "open"
    health.faults()
    half.clock.now_s += 90
    port.state = "absent"

    assert health.faults() == (Fault(fault="port_lost", since_ms=half.clock.wall_ms(), device="hall-hub"),)


async def test_it_is_looked_at_again_when_a_fault_has_lasted_long_enough(half: UpperHalf) -> None:
    port = Port()
    health = health_of(half, port)
    await health.look()
    while_well_s = health.next_look_s()
    port.state = "absent"
    await health.look()
    half.clock.now_s += LOOK_EVERY_S
    await health.look()

    assert while_well_s == LOOK_EVERY_S
    assert health.next_look_s() == PATIENCE_S - LOOK_EVERY_S
    assert LOOK_EVERY_S + PATIENCE_S < 10  # a port that is lost right behind a look is told so late


async def test_a_look_costs_no_more_where_there_are_more_bands(tmp_path: Path) -> None:
    taken = list[int]()
    for bands in (1, 50):
        more = [
            Enrolment(address=f"54:48:E6:8F:81:{number:02X}", driver="bthome", wearer=f"W-1{number}") for number in range(bands)
        ]
        async with upper_half(tmp_path / str(bands), TestClock(), more=more) as half:
            hearing = health_of(half, Port(), adapters={"hci0": Port(state="scanning"), "hci1": Port(state="scanning")}).hearing
            taken.append(steps(partial(list, hearing.seen()))[1] + steps(partial(getattr, hearing, "lost"))[1])

    assert taken[0] == taken[1]


async def test_a_fault_of_the_link_is_told_and_is_no_alert(half: UpperHalf) -> None:
    health = health_of(half, Port(), Link(faults=["broker refuses up/readings"]))

    await health.look()
    half.clock.now_s += PATIENCE_S
    await health.look()

    assert half.told() == []


async def test_what_was_evicted_is_known_by_its_reason(half: UpperHalf) -> None:
    health = health_of(half, Port())
    half.stores.readings.reject("checksum")
    gap = Gap(wearer="W-1", kind="heart_rate", from_ms=0, to_ms=1, n=7, reason="disk full")
    await half.stores.readings.change(lambda connection, counters: (evicted(connection, counters, gap), 1))

    await health.look()

    assert health.evicted_by_reason == {"disk full": 7}


def evicted(connection: sqlite3.Connection, counters: Counters, gap: Gap) -> Counters:
    """Seven readings more were stored, and are gone."""
    gaps.put(connection, [gap])
    return replace(counters, received=gap.n, stored=gap.n, evicted=gap.n)


async def test_a_port_that_stays_away_becomes_an_alert_and_its_return_ends_it(half: UpperHalf) -> None:
    port = Port(state="absent")
    health = health_of(half, port)

    await health.look()
    half.clock.now_s += PATIENCE_S
    await health.look()
    await health.look()
    lost = half.told()
    port.state = "open"
    await health.look()

    assert [(told.event, told.kind, told.detail, told.device) for told in lost] == [
        ("raised", "technical", "port_lost", "hall-hub")
    ]
    assert [told.event for told in half.told()] == ["cleared"]
    assert half.desk.open_alerts == []


async def test_a_port_that_is_lost_again_is_an_alert_again(half: UpperHalf) -> None:
    port = Port(state="absent")
    health = health_of(half, port)

    for state in ("absent", "open", "absent"):
        port.state = state
        await health.look()
        half.clock.now_s += PATIENCE_S
        await health.look()

    assert sum(told.event == "raised" for told in half.told()) == 2


async def test_a_port_that_comes_back_soon_disturbs_nobody(half: UpperHalf) -> None:
    port = Port(state="absent")
    health = health_of(half, port)

    await health.look()
    half.clock.now_s += PATIENCE_S - 1
    port.state = "open"
    await health.look()
    half.clock.now_s += PATIENCE_S
    await health.look()

    assert half.told() == []


async def test_an_adapter_that_hears_nobody_is_well_while_bands_are_heard(half: UpperHalf) -> None:
    health = health_of(half, Port(), adapters={"hci0": Port(state="silent")})

    await half.reports(STRAP, "ble-heart-rate", Decoded([Measurement(kind="heart_rate", value=64)]))
    with_bands = health.faults()
    half.clock.now_s += 61
    without = health.faults()

    assert with_bands == ()
    assert [(fault.fault, fault.device) for fault in without] == [("adapter_lost", "hci0")]


async def test_after_a_restart_a_port_that_is_well_again_ends_the_old_alert(half: UpperHalf) -> None:
    before = health_of(half, Port(state="absent"))
    await before.look()
    half.clock.now_s += PATIENCE_S
    await before.look()
    half.told()

    await health_of(half, Port()).look()

    assert [told.event for told in half.told()] == ["cleared"]


async def test_each_lost_source_is_named_and_the_radio_is_lost_with_its_last_adapter(half: UpperHalf) -> None:
    one, other = Port(state="powered off", heard_s={STRAP: 5.0}), Port(state="scanning", heard_s={STRAP: 9.0})
    health = health_of(half, Port(state="absent"), adapters={"hci0": one, "hci1": other})

    with_one = health.hearing.lost
    other.state = "absent"

    assert with_one == {"port hall-hub", "adapter hci0"}
    assert health.hearing.lost == {"port hall-hub", "adapter hci0", "adapter hci1", "radio"}
    assert health.hearing.heard_through == {STRAP: "adapter hci1"}


async def test_where_few_bands_were_ever_heard_a_silent_adapter_may_be_well_and_the_bands_gone(half: UpperHalf) -> None:
    health = health_of(half, Port(), adapters={"hci0": Port(state="silent")})
    await half.reports(STRAP, "ble-heart-rate", Decoded([Measurement(kind="heart_rate", value=64)]))
    half.clock.now_s += 61

    assert [fault.fault for fault in health.faults()] == ["adapter_lost"]
    assert health.hearing.lost == frozenset()


async def test_what_the_modem_says_that_it_lacks_is_told_with_its_end_and_its_state_alone_is_no_fault(half: UpperHalf) -> None:
    modem = Modem(state="lost", why="absent")  # for less than a minute, which it counts itself
    health = health_of(half, Port(), modem=modem)
    await health.look()
    early = half.told()
    modem.faults = ["modem_lost"]
    await health.look()
    (lost,) = half.told()
    modem.state, modem.why, modem.faults = "ready", "", []
    await health.look()
    modem.state, modem.faults = "denied", ["modem_no_network"]
    await health.look()

    assert early == []
    assert (lost.detail, lost.device, lost.priority) == ("modem_lost", "modem", "warning")
    assert [(told.event, told.detail) for told in half.told()] == [("cleared", "modem_lost"), ("raised", "modem_no_network")]


async def test_a_modem_without_network_and_one_with_a_weak_supply_are_told_as_what_they_are(half: UpperHalf) -> None:
    modem = Modem(state="denied", faults=["modem_no_network", "modem_power"])
    health = health_of(half, Port(), modem=modem)
    await health.look()
    half.clock.now_s += 61
    await health.look()
    modem.state, modem.faults = "ready", []
    await health.look()
    half.clock.now_s += 61  # a network may be there for a moment only
    await health.look()

    assert {(told.event, told.detail, told.device) for told in half.told()} == {
        ("raised", "modem_power", "modem"),
        ("raised", "modem_no_network", "modem"),
        ("cleared", "modem_power", "modem"),
        ("cleared", "modem_no_network", "modem"),
    }


async def test_a_band_that_is_put_off_and_a_driver_that_is_off_are_pairs(half: UpperHalf) -> None:
    drivers, put_off = DriverFaults(), [STRAP]
    health = health_of(half, Port(), drivers=drivers, put_off=lambda: list(put_off))
    drivers.off["guest"] = "somewhere"

    await health.look()
    put_off.clear()
    await health.look()

    assert [(told.event, told.detail, told.device) for told in half.told()] == [
        ("raised", "driver_fault", "guest"),
        ("raised", "band_put_off", STRAP),
        ("cleared", "band_put_off", STRAP),
    ]


async def test_a_band_that_a_person_has_to_pair_is_told_with_its_wearer_and_room_and_is_over_when_it_was_read(
    half: UpperHalf,
) -> None:
    unpaired = SeenFault(fault="band_unpaired", device=STRAP, wearer="W-017", room="3-201")
    bonds = Connections([unpaired])
    health = health_of(half, Port(), bonds=bonds)

    await health.look()
    shown = [(fault.fault, fault.device) for fault in health.faults()]
    bonds.faults = []
    await health.look()

    assert shown == [("band_unpaired", STRAP)]
    assert [(told.event, told.detail, told.device, told.wearer, told.room) for told in half.told()] == [
        ("raised", "band_unpaired", STRAP, "W-017", "3-201"),
        ("cleared", "band_unpaired", STRAP, "W-017", "3-201"),
    ]


async def test_a_restart_does_not_end_the_fault_of_a_band_that_was_not_visited_since(half: UpperHalf) -> None:
    bonds = Connections([SeenFault(fault="band_unpaired", device=STRAP, wearer="W-017", room="3-201")])
    await health_of(half, Port(), bonds=bonds).look()
    after = Connections(known=False)
    restarted = health_of(half, Port(), bonds=after)

    await restarted.look()
    unknown = [told.event for told in half.told()]
    after.known = True
    await restarted.look()

    assert unknown == ["raised"]
    assert [told.event for told in half.told()] == ["cleared"]


async def test_a_band_that_may_be_imitated_is_shown_and_is_no_alert(half: UpperHalf) -> None:
    imitated = [STRAP]
    health = health_of(half, Port(), imitated=lambda: imitated)

    await health.look()

    assert [(fault.fault, fault.device) for fault in health.faults()] == [("band_imitated", STRAP)]
    assert half.told() == []
    imitated.clear()
    assert health.faults() == ()


async def test_a_contact_bit_that_is_stuck_for_a_day_is_shown_and_is_no_alert(half: UpperHalf) -> None:
    health = health_of(half, Port(), stuck_contacts=half.intake.stuck_contacts)
    contradicted = heart_rate.decode(heart_rate.HEART_RATE_MEASUREMENT, bytes.fromhex("144659035803"))
    with capture_logs() as lines:
        for _ in range(30):
            half.intake.on_report(STRAP, "ble-heart-rate", contradicted)
            half.clock.now_s += 3600
    await health.look()

    assert [(fault.fault, fault.device) for fault in health.faults()] == [("contact_stuck", STRAP)]
    assert half.told() == []
    assert [line["device"] for line in lines if line["event"] == "contact bit stuck"] == [STRAP]


async def test_nothing_that_is_wrong_with_the_gateway_is_on_the_ladder(half: UpperHalf) -> None:
    await health_of(half, Port(state="absent"), modem=Modem("pin", faults=["modem_lost"])).look()
    half.clock.now_s += 24 * 3600
    await half.desk.tick()

    assert [told.level for told in half.told()] == [0]
    assert half.desk.second_paths == []


async def test_the_silence_of_the_platform_ends_with_its_word_also_over_a_restart(half: UpperHalf) -> None:
    link = Link(faults=["platform_silent"], platform_answered=True)
    before = health_of(half, Port(), link)
    for _ in range(2):
        await before.look()
        half.clock.now_s += PATIENCE["platform_silent"].begins_s
    raised = half.told()
    link.platform_answered, link.faults = False, []
    after = health_of(half, Port(), link)
    await after.look()
    silent = half.told()
    link.platform_answered = True
    await after.look()

    assert [told.event for told in raised] == ["raised"]
    assert silent == []
    assert [told.event for told in half.told()] == ["cleared"]


async def test_after_a_restart_a_port_is_well_only_once_it_was_tried(half: UpperHalf) -> None:
    before = health_of(half, Port(state="absent"))
    await before.look()
    half.clock.now_s += PATIENCE_S
    await before.look()
    half.told()
    port = Port(state="starting")
    port.tried.clear()
    after = health_of(half, port)
    await after.look()
    port.state = "absent"
    port.tried.set()
    await after.look()
    still = half.told()
    port.state = "open"
    await after.look()

    assert still == []
    assert [told.event for told in half.told()] == ["cleared"]

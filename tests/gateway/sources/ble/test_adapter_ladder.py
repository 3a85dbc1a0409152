"""The ladder on a stand-in for bluetoothd, in virtual time: what each step mends, and what is told meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.app import LAST_COMMIT_S
from gateway.deadline import END_S
from tests.bluez import names
from tests.bluez.bus_time import in_bus_time
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus
from tests.gateway.sources.bluetooth_stage import FIRST, SECOND, BluetoothStage, until


def played(story: Callable[[BluetoothStage], Coroutine[Any, Any, None]], bus: PrivateBus) -> list[Any]:
    """What was logged."""

    async def play() -> None:
        async with FakeBluez(bus.address) as bluez:
            await story(BluetoothStage(bluez))

    with capture_logs() as logs:
        in_bus_time(bus, play())
    return logs


def steps(logs: list[Any]) -> list[str]:
    return [line["step"] for line in logs if line["event"] == "adapter is helped"]


@pytest.mark.fault(
    "ports and radio", "kill -9 of bluetoothd amid a scan", promise="a power cycle ends what the kernel goes on with"
)
def test_the_scan_that_a_killed_bluetoothd_left_behind_is_ended_by_a_power_cycle(private_bus: PrivateBus) -> None:
    async def story(stage: BluetoothStage) -> None:
        async with stage.on():
            await stage.pendant_is_heard()
            await stage.bluez.crash(kernel_scans_on=True)
            await stage.bluez.start()
            await stage.pendant_is_heard()

    assert steps(played(story, private_bus)) == ["power cycle"]


@pytest.mark.fault("ports and radio", "an adapter falls deaf while another hears", promise="it is switched off and on")
def test_an_adapter_that_falls_deaf_while_another_hears_is_switched_off_and_on(private_bus: PrivateBus) -> None:
    async def story(stage: BluetoothStage) -> None:
        stage.bluez.add_adapter("hci1", SECOND)
        async with stage.on():
            await stage.pendant_is_heard(by=SECOND)
            stage.bluez.adapter("hci1").is_deaf = True
            await stage.becomes(SECOND, "silent")
            await stage.pendant_is_heard(by=SECOND)

    assert steps(played(story, private_bus)) == ["power cycle"]


def test_one_that_stays_deaf_is_told_as_that(private_bus: PrivateBus) -> None:
    async def story(stage: BluetoothStage) -> None:
        stage.bluez.add_adapter("hci1", SECOND)
        async with stage.on():
            await stage.pendant_is_heard(by=SECOND)
            stage.bluez.adapter("hci1").is_deaf = stage.bluez.adapter("hci1").for_good = True
            await stage.becomes(SECOND, "deaf")
            stage.bluez.adapter("hci1").is_deaf = False
            await stage.becomes(SECOND, "scanning")

    logs = played(story, private_bus)

    assert set(steps(logs)) == {"power cycle"}
    lost = [line["why"] for line in logs if line["event"] == "adapter hears nothing" and line["adapter"] == SECOND]
    assert lost == ["silent", "deaf"]


def test_a_house_in_which_nobody_is_left_keeps_its_adapter_alone(private_bus: PrivateBus) -> None:
    async def story(stage: BluetoothStage) -> None:
        async with stage.on():
            stage.bluez.silent = True
            await stage.becomes(FIRST, "silent")
            await asyncio.sleep(200)

    assert steps(played(story, private_bus)) == []


def test_one_that_somebody_switched_off_is_told_and_switched_on_again(private_bus: PrivateBus) -> None:
    async def story(stage: BluetoothStage) -> None:
        async with stage.on():
            stage.bluez.power(on=False)
            await stage.becomes(FIRST, "powered off")
            await stage.pendant_is_heard()

    assert steps(played(story, private_bus)) == ["switch on"]


def test_what_bluez_refuses_to_do_for_it_is_told(private_bus: PrivateBus) -> None:
    async def story(stage: BluetoothStage) -> None:
        async with stage.on():
            stage.bluez.fails("Set", names.FAILED)
            stage.bluez.power(on=False)
            await stage.pendant_is_heard()

    logs = played(story, private_bus)

    assert [line["why"] for line in logs if line["event"] == "adapter not helped"] == ["failed"]
    assert steps(logs) == ["switch on", "switch on"]


def test_a_scan_that_is_refused_for_half_a_minute_costs_no_band_its_link(private_bus: PrivateBus) -> None:
    async def story(stage: BluetoothStage) -> None:
        async with stage.on(strap=True):
            await stage.strap_is_heard()
            stage.bluez.fails("StartDiscovery", names.FAILED, times=10_000)
            stage.bluez.end_scans()
            await stage.becomes(FIRST, "failed")
            await asyncio.sleep(25)
            await stage.strap_is_heard()

    assert steps(played(story, private_bus)) == []


def test_a_step_that_hangs_leaves_time_to_stop_in_order(private_bus: PrivateBus) -> None:
    """bluetoothd answers neither that the adapter is off nor that it is on; what was heard has yet to be stored."""
    lasted_s = []

    async def story(stage: BluetoothStage) -> None:
        stage.bluez.add_adapter("hci1", SECOND)
        async with stage.on():
            await stage.pendant_is_heard(by=SECOND)
            stage.bluez.hangs("Set", times=2)
            stage.bluez.adapter("hci1").is_deaf = True
            await until(lambda: "Set" in stage.bluez.calls)
            began_s = asyncio.get_running_loop().time()
        lasted_s.append(asyncio.get_running_loop().time() - began_s)
        assert stage.bluez.calls.count("Set") == 2, "off, and on again"

    assert steps(played(story, private_bus)) == ["power cycle"]
    assert lasted_s[0] < END_S - LAST_COMMIT_S

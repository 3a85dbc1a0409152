"""Bluetooth: the kernel's adapters and switches in a folder, bluetoothd on a private bus."""

from __future__ import annotations

import pytest

from gateway.doctor import radio
from gateway.doctor.diagnosis import Diagnosis
from gateway.sources.ble.adapters import PluggedAdapter
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus
from tests.gateway.doctor.planted import PlantedHost, assert_named, codes

ADDRESS = "00:1A:7D:DA:71:01"


def plug_in(planted: PlantedHost, name: str = "hci0") -> None:
    planted.put(f"sys/class/bluetooth/{name}/address", f"{ADDRESS}\n")


def switch(planted: PlantedHost, *, soft: int = 0, hard: int = 0) -> None:
    for name, content in (("type", "bluetooth"), ("soft", soft), ("hard", hard)):
        planted.put(f"sys/class/rfkill/rfkill3/{name}", f"{content}\n")


async def found(planted: PlantedHost, *named: str) -> list[Diagnosis]:
    return list(radio.diagnoses(await radio.look(planted.host), named))


async def test_a_machine_without_an_adapter(planted: PlantedHost) -> None:
    planted.put("sys/class/rfkill/rfkill0/type", "wlan\n")
    planted.put("sys/class/rfkill/rfkill0/soft", "1\n")

    assert_named(await found(planted), "radio_absent", "[bluetooth]")


async def test_an_adapter_that_is_blocked_by_software(planted: PlantedHost) -> None:
    switch(planted, soft=1)

    assert_named(await found(planted), "radio_soft_blocked", "sudo rfkill unblock bluetooth")


async def test_an_adapter_that_is_blocked_by_a_switch(planted: PlantedHost) -> None:
    switch(planted, soft=1, hard=1)

    assert_named(await found(planted), "radio_hard_blocked")


async def test_no_system_bus(planted: PlantedHost, private_bus: PrivateBus) -> None:
    plug_in(planted)
    private_bus.kill()

    assert_named(await found(planted), "radio_no_dbus", "sudo systemctl start dbus")


async def test_no_bluetoothd(planted: PlantedHost, private_bus: PrivateBus) -> None:
    plug_in(planted)

    assert_named(await found(planted), "radio_no_bluetoothd", "sudo systemctl enable --now bluetooth")


async def test_an_adapter_that_is_switched_off(planted: PlantedHost, bluez: FakeBluez) -> None:
    plug_in(planted)
    bluez.experimental = True
    await bluez.restart()
    bluez.power(on=False)

    assert_named(await found(planted), "adapter_off", "hci0", ADDRESS, "bluetoothctl power on")


async def test_an_adapter_that_is_blocked_is_not_called_switched_off_too(planted: PlantedHost, bluez: FakeBluez) -> None:
    plug_in(planted)
    switch(planted, soft=1)
    bluez.experimental = True
    await bluez.restart()
    bluez.power(on=False)

    assert codes(await found(planted)) == ["radio_soft_blocked"]


async def test_a_configured_adapter_that_is_not_there_is_named_with_those_that_are(
    planted: PlantedHost, bluez: FakeBluez
) -> None:
    plug_in(planted)
    bluez.experimental = True
    await bluez.restart()

    assert_named(await found(planted, "00:1A:7D:DA:71:99"), "adapter_missing", "00:1A:7D:DA:71:99", f"{ADDRESS} (hci0)")


async def test_an_adapter_that_filters_or_is_named_by_its_number_is_a_hint(planted: PlantedHost, bluez: FakeBluez) -> None:
    plug_in(planted)

    told = await found(planted, "hci0")

    assert codes(told) == ["adapter_filters", "adapter_by_number"]
    assert not any(one.is_fault for one in told)
    assert_named(told[:1], "adapter_filters", "Experimental = true")
    assert_named(told[1:], "adapter_by_number", f'adapters = ["{ADDRESS}"]')


async def test_an_adapter_that_tells_all_is_told_nothing_of(planted: PlantedHost, bluez: FakeBluez) -> None:
    plug_in(planted)
    bluez.experimental = True
    await bluez.restart()

    assert await found(planted, ADDRESS) == []


async def test_a_chip_that_does_wifi_too_is_a_hint(planted: PlantedHost, bluez: FakeBluez) -> None:
    device = planted.put("sys/devices/platform/soc/fe201000.serial/hci0/address").parent
    (planted.root / "sys/class/bluetooth").mkdir(parents=True)
    (planted.root / "sys/class/bluetooth/hci0").symlink_to(device)
    planted.put("sys/class/net/wlan0/operstate", "up\n")
    bluez.experimental = True
    await bluez.restart()

    assert_named(await found(planted), "radio_shares_chip", "USB")


@pytest.mark.parametrize(("why", "code"), [("no permission", "radio_forbidden"), ("no answer", "radio_no_answer")])
def test_a_bluetoothd_that_does_not_tell(why: str, code: str) -> None:
    assert_named(radio.diagnoses(radio.RadioFacts(("hci0",), (), why=why), ()), code, "sudo")


def test_an_adapter_that_bluetoothd_does_not_have_is_absent() -> None:
    assert_named(radio.diagnoses(radio.RadioFacts(("hci0",), ()), ()), "radio_absent")


def test_adapters_are_compared_whatever_their_case() -> None:
    there = PluggedAdapter("hci0", ADDRESS, powered=True, discovering=False, monitors=True)

    assert list(radio.diagnoses(radio.RadioFacts(("hci0",), (), (there,)), (ADDRESS.lower(),))) == []

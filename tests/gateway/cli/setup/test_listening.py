"""What is at a port is known by what it says, and a modem by its name; nothing is sent to either."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

import drivers
from drivers import driver
from drivers.driver import StreamDecoder
from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_hub import FakeHub
from gateway.cli.setup.hearing import listen
from gateway.cli.setup.listening import drivers_heard, looks_like_a_modem
from gateway.settings.configuration import BluetoothSettings, SerialSettings

NMEA = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"


async def test_each_port_that_speaks_is_known_by_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.cli.setup.listening.AT_EACH_RATE_S", 0.5)
    written: list[bytes] = []
    mute = PseudoTerminal(tmp_path / "mute", written.append)
    mute.plug_in()
    async with FakeHub(tmp_path / "hub") as hub:
        listening = asyncio.ensure_future(drivers_heard([str(hub.line.path), str(tmp_path / "mute"), "/dev/nowhere"]))
        while not listening.done():
            hub.says("C0:FF:EE:00:00:01", heart_rate=71)
            await asyncio.wait([listening], timeout=0.05)

    assert listening.result() == {str(hub.line.path): "serial-hub"}
    assert written == []
    mute.pull_out()


def _broken() -> StreamDecoder:
    raise RuntimeError("a bug")


async def test_a_driver_that_fails_keeps_no_other_from_being_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of another package, which stands before ours."""
    guest = replace(driver("serial-hub"), name="guest", decoder=_broken)
    monkeypatch.setattr(drivers, "all_drivers", lambda: (guest, driver("serial-hub")))

    async with FakeHub(tmp_path / "hub") as hub:
        listening = asyncio.ensure_future(drivers_heard([str(hub.line.path)]))
        while not listening.done():
            hub.says("C0:FF:EE:00:00:01", heart_rate=71)
            await asyncio.wait([listening], timeout=0.05)

    assert listening.result() == {str(hub.line.path): "serial-hub"}


async def test_a_driver_that_fails_is_told_with_its_port_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = replace(driver("serial-hub"), name="guest", decoder=_broken)
    monkeypatch.setattr(drivers, "all_drivers", lambda: (guest,))
    port = SerialSettings(
        name="hall", port=str(tmp_path / "hub"), driver="guest", baud=None, parity="none", shared=False, sign_in_s=120
    )
    radio = BluetoothSettings(enabled=False, adapters=(), connections=1)
    told = asyncio.Queue[tuple[str, str]]()
    read, write = os.pipe()  # at which nobody types

    async with asyncio.TaskGroup() as tasks:
        with os.fdopen(read) as stdin, os.fdopen(write):
            monkeypatch.setattr(sys, "stdin", stdin)
            listening = tasks.create_task(
                listen([port], radio, lambda _: None, lambda *lost: told.put_nowait(lost), lambda _: True)
            )
            assert await told.get() == (port.port, "failed")
            assert not listening.done()
            listening.cancel()
            await asyncio.wait([listening])


@pytest.mark.parametrize("name", ["usb-Quectel_EC200-if02", "usb-SimTech_SimTech-if02", "usb-HUAWEI_Mobile-if00"])
def test_a_modem_is_known_by_its_maker(name: str) -> None:
    assert looks_like_a_modem(f"/dev/serial/by-id/{name}")
    assert not looks_like_a_modem("/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0")

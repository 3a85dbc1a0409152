"""What is at a port is known by what it says, and a modem by its name; nothing is sent to either."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_hub import FakeHub
from gateway.cli.setup.listening import drivers_heard, looks_like_a_modem

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


@pytest.mark.parametrize("name", ["usb-Quectel_EC200-if02", "usb-SimTech_SimTech-if02", "usb-HUAWEI_Mobile-if00"])
def test_a_modem_is_known_by_its_maker(name: str) -> None:
    assert looks_like_a_modem(f"/dev/serial/by-id/{name}")
    assert not looks_like_a_modem("/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0")

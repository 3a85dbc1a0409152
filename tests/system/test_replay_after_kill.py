"""Who recorded a sealed pendant cannot play its press back after kill -9: its counter is stored before the alert leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_devices.bands.pendant import Pendant
from fake_devices.ble_link.air import Air
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Daemon
from tests.planted import KEYS

PENDANT, KEY = "54:48:E6:8F:80:A5", KEYS[0]
PRESS = bytes((0x3A, 1))  # the object of BTHome
RECORDED = 20  # frames, of which the last is the press that was told


def sealed_presses() -> list[bytes]:
    """One after the other, each with the next counter, far above that of a new battery."""
    pendant = Pendant(Air(), PENDANT, key=KEY)
    pendant.counter = 5000
    return [pendant._frame(0x04, PRESS) for _ in range(RECORDED + 1)]


def pressed(platform: Platform) -> int:
    return len([one for one in platform.consumer.readings() if one["kind"] == "button"])


@pytest.mark.fault("process", "a recorded press of a sealed pendant is played back after kill -9", promise="refused")
async def test_what_was_recorded_before_a_kill_is_no_press_after_it(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, tmp_path: Path
) -> None:
    (tmp_path / "pendant.key").write_text(KEY.hex())
    (tmp_path / "pendant.key").chmod(0o600)
    wristband = {"address": PENDANT, "driver": "bthome", "wearer": "W-099", "room": "3-209", "key_file": "pendant.key"}
    daemon = stopped_daemon
    daemon.config += "[[wristband]]\n" + "\n".join(f'{key} = "{value}"' for key, value in wristband.items()) + "\n"
    *recorded, next_one = sealed_presses()
    await daemon.start()
    await daemon.has_opened(hub.line.path)

    hub.advertises(PENDANT, recorded[-1])
    alert = await platform.alert(kind="sos", wearer="W-099")
    await daemon.kill()
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    for frame in (recorded[-1], *recorded, recorded[-1]):
        hub.advertises(PENDANT, frame)
    hub.advertises(PENDANT, next_one)

    again = await platform.alert("updated", kind="sos", wearer="W-099")
    assert again["id"] == alert["id"]
    await platform.wait_for(lambda: pressed(platform) >= 2, what="both presses")
    await daemon.stop()
    assert pressed(platform) == 2

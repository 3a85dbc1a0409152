"""In the guest: presses go on, and the host cuts the power amid them; after the next boot all that was told is there.

The host runs it (`tests/vm/power-cuts`), in a boot each. /out is the host's: what is written there is told, whatever becomes of
the machine. The folder of the gateway lies on a disk of its own, that stays from one boot to the next.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, bands
from tests.vm.guest import CONFIG, PORT, install, sh

TOLD = Path("/out/told")  # ids of alerts that came to the platform, a line each
CLOSED = Path("/out/closed")  # those of boots before
DATA = Path("/var/lib/lifering")
HUB = Path("/dev/hub")
BANDS = 60
BETWEEN_S = 0.5
BOOT_S = 600.0


def configuration(roster: list[Band]) -> str:
    """A hub at a serial port, and nothing of the radio."""
    head = f"""[gateway]
id = "vm-01"
language = "en"
[mqtt]
host = "127.0.0.1"
port = {PORT}
tls = false
insecure = true
[bluetooth]
enabled = false
[[serial]]
name = "hub"
port = "{HUB}"
driver = "serial-hub"
[roster]
file = "wristbands.csv"
"""
    (CONFIG / "wristbands.csv").write_text(
        "address,driver,wearer,room\n" + "".join(f"{one.address},serial-hub,{one.wearer},{one.room}\n" for one in roster)
    )
    return head


async def main() -> int:
    """Looks at what is left, then presses until the machine is gone."""
    roster = bands(BANDS)
    install()
    (CONFIG / "gateway.toml").write_text(configuration(roster))
    await sh(f"mkdir -p {DATA}; systemd-sysusers; chown -R lifering: /etc/lifering; systemctl daemon-reload")
    print(await sh(f"mount -o noatime /dev/vdb {DATA} && chown lifering: {DATA}; ls {DATA}; dmesg | grep vdb"), flush=True)
    await sh("systemctl start broker")
    pressed = len(_lines(TOLD) + _lines(CLOSED))  # the bands lose no power, and count on
    async with Platform(PORT) as platform, FakeHub(HUB, last_number=pressed) as hub:
        await sh(f"chmod 666 $(readlink {HUB})")
        print(await sh("systemctl start lifering; systemctl is-active lifering"), flush=True)
        lost = await _lost(platform)
        print(await sh("journalctl -b -u lifering -o cat --no-pager | grep -iE 'damaged|gone|refuses' | head"), flush=True)
        for one in lost:
            print(f"LOST {one}", flush=True)
        if lost:
            return 1
        await _press(platform, hub, roster)
    return 0


async def _lost(platform: Platform) -> list[str]:
    """Alerts that were told before the power went, and that the gateway does not know. Those that it knows are closed."""
    told = _lines(TOLD)
    replies = {one: await platform.reply(platform.resolves(one), limit_s=BOOT_S) for one in told}
    print(f"HELD {sum(reply['status'] == 'done' for reply in replies.values())} of {len(told)}", flush=True)
    _close(told)
    return [one for one, reply in replies.items() if reply["status"] != "done"]


async def _press(platform: Platform, hub: FakeHub, roster: list[Band]) -> None:
    closed = set(_lines(CLOSED))

    def told(wearer: str) -> list[str]:
        events = platform.consumer.events.values()
        ours = (one["id"] for one in events if one["kind"] == "sos" and one["wearer"] == wearer)
        return [one for one in ours if one not in closed]

    for band in roster:
        hub.presses(band.address)
        ids = await platform.wait_for(partial(told, band.wearer), BOOT_S)
        _add(TOLD, ids[-1:])
        await asyncio.sleep(BETWEEN_S)


def _lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def _close(told: list[str]) -> None:
    _add(CLOSED, told)
    TOLD.write_text("")


def _add(path: Path, lines: list[str]) -> None:
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

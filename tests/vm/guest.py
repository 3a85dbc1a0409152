"""In the guest: the gateway, installed as the technician installs it, with a broker, a platform and the radio's room."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import time
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fake_devices.platform import Platform
from tests.vm.radio import BEACON, BONDED, CUFF, HUNG, KEY, PENDANT, STRAP

PROJECT, UNITS, CONFIG = Path("/project"), Path("/etc/systemd/system"), Path("/etc/lifering")
SOCKET = "/run/radio.socket"
PATHS = "Environment=PYTHONPATH=/project:/packages PYTHONDONTWRITEBYTECODE=1\n"
SLOWLY = (
    "[Service]\nTimeoutStartSec=600\nWatchdogSec=300\n"  # an emulated processor needs a minute for what takes a Pi two seconds
)
PORT = 1883

RADIO_UNIT = f"[Service]\nExecStart=/usr/bin/python3 -m tests.vm.radio {SOCKET}\n{PATHS}"
BROKER_UNIT = "[Service]\nExecStart=/usr/sbin/mosquitto -c /etc/mosquitto/here.conf\n"
GATEWAY = f"""[gateway]
id = "vm-01"
language = "en"
[mqtt]
host = "127.0.0.1"
port = {PORT}
tls = false
insecure = true
[bluetooth]
enabled = true
[roster]
file = "wristbands.csv"
"""
ROSTER = f"""address,driver,wearer,room,key
{STRAP},ble-heart-rate,W-001,3-101,
{HUNG},ble-heart-rate,W-002,3-102,
{PENDANT},bthome,W-003,3-103,
{BEACON},ibeacon,W-004,3-104,{KEY.hex()}
{CUFF},ble-blood-pressure,W-005,3-105,
{BONDED},ble-blood-pressure,W-006,3-106,
"""


class Guest:
    """The machine, with what a story has it do. `check` collects what was seen, and what is wrong."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.seen: list[str] = []
        self.wrong: list[str] = []

    def check(self, promise: str, kept: bool, seen: object = "") -> None:
        """Tells a promise, and what was seen, where that says more than whether it was kept."""
        told = f"{promise}: {seen}" if seen != "" else promise if kept else f"{promise}: no"
        print(f"  {'ok  ' if kept else 'FAIL'} {told}", flush=True)
        self.seen.append(told)
        if not kept:
            self.wrong.append(promise)

    async def radio(self, command: str) -> str:
        """Has the room of the radio do this. Raises RuntimeError where it cannot."""
        reader, writer = await asyncio.open_unix_connection(SOCKET)
        writer.write(f"{command}\n\n".encode())
        answer = (await reader.readline()).decode().strip()
        writer.close()
        if "Error" in answer:
            raise RuntimeError(f"{command}: {answer}")
        return answer

    async def adapter_state(self) -> dict[str, str]:
        """As `lifering status` gives it, quicker."""
        reader, writer = await asyncio.open_unix_connection("/run/lifering/control")
        writer.write(b'{"verb":"status","args":{}}\n')
        answer = json.loads(await reader.readline())
        writer.close()
        adapters: dict[str, str] = answer["adapters"]
        return adapters

    async def until_state(self, states: Container[str], limit_s: float) -> float:
        """After how many seconds an adapter is in one of these; infinite: not in time."""
        began = time.monotonic()
        while time.monotonic() - began < limit_s:
            if any(state in states for state in (await self.adapter_state()).values()):
                return round(time.monotonic() - began, 1)
            await asyncio.sleep(0.1)
        return float("inf")

    # --- what the platform has

    def presses(self, device: str) -> int:
        """How many presses of a band it knows of, each once."""
        return len(self.readings(device, kind="button"))

    def heard_s(self, device: str, since: float) -> list[float]:
        """When frames or values of a band were received, in seconds from `since` (wall clock), in order."""
        return sorted(_wall(reading["received_at"]) - since for reading in self.readings(device, since))

    async def next_of(self, device: str, since: float, limit_s: float) -> float:
        """After how many seconds from `since` the next of this band was received; infinite: not in time."""
        try:
            heard = await self.platform.wait_for(lambda: self.heard_s(device, since), limit_s)
        except TimeoutError:
            return float("inf")
        return round(heard[0], 1)

    async def all_connected(self) -> None:
        """An adapter that is pulled out or switched off amid a connect runs into a BUG of this kernel. Raises TimeoutError."""
        now = time.time()
        for strap in (STRAP, HUNG):
            if await self.next_of(strap, now, 120) == float("inf"):
                raise TimeoutError(f"{strap} is not connected")

    async def press_counts(self, device: str, before: int, limit_s: float = 20) -> bool:
        """Whether one more press than before comes to be known."""
        try:
            return bool(await self.platform.wait_for(lambda: self.presses(device) > before, limit_s))
        except TimeoutError:
            return False

    def readings(self, device: str, since: float = 0, kind: str = "") -> list[dict[str, Any]]:
        """What was received of a band since then (wall clock), of this kind where one is named."""
        return [
            reading
            for reading in self.platform.consumer.readings()
            if reading["device"] == device and kind in ("", reading["kind"]) and _wall(reading["received_at"]) >= since
        ]


class Processor:
    """How much of it was left. Where nothing is, the seconds that a story measures are those of a processor too slow for it."""

    def __init__(self) -> None:
        self._began = self._now()

    @property
    def idle(self) -> str:
        """The part of the time since it was made in which it had nothing to do."""
        idle, whole = (now - then for now, then in zip(self._now(), self._began, strict=True))
        return f"{100 * idle / whole:.0f} %" if whole else "-"

    @staticmethod
    def _now() -> tuple[int, int]:
        """Idle, and all; in ticks."""
        ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)


def gap_s(heard: list[float], until_s: float) -> float:
    """The longest time without a word, from the start to `until_s`."""
    times = [0.0, *(at for at in heard if at <= until_s), until_s]
    return round(max(after - before for before, after in itertools.pairwise(times)), 1)


async def sh(command: str) -> str:
    """Runs a command of the shell, and gives what it printed, however it ended."""
    return (await _run(command))[1]


async def machine() -> str:
    """What it is made of, for the figures."""
    bluetoothd = (await sh("bluetoothctl --version")).rpartition(" ")[2]
    return f"bluetoothd {bluetoothd}, Linux {await sh('uname -r')}"


async def must(command: str) -> None:
    """Runs a command of the shell. Raises RuntimeError where it fails: what follows would prove nothing."""
    code, printed = await _run(command)
    if code:
        raise RuntimeError(f"{command}: {code}: {printed}")


async def _run(command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    printed, _ = await process.communicate()
    return await process.wait(), printed.decode().strip()


@asynccontextmanager
async def guest() -> AsyncIterator[Guest]:
    """Everything runs, and the pendant and the strap are heard."""
    install()
    await sh("systemd-sysusers; chown -R lifering: /etc/lifering; modprobe -a bluetooth hci_vhci; systemctl daemon-reload")
    await sh("systemctl start broker bluetooth radio")
    await _until_true(f"test -S {SOCKET}")
    async with Platform(PORT) as platform:
        here, began = Guest(platform), time.time()
        print(await sh("systemctl start lifering; bluetoothctl --version; uname -r"), flush=True)
        here.check("the pendant is heard", await here.next_of(PENDANT, began, 600) < 600, "at the start")
        here.check("the strap is heard", await here.next_of(STRAP, began, 600) < 600, "at the start")
        yield here
    if here.wrong:
        print(await sh("dmesg | grep -A 3 BUG"), flush=True)
        print(await sh("journalctl -b -u lifering -u bluetooth -u radio -o cat --no-pager | tail -n 60"), flush=True)
    await sh("systemctl stop lifering")


def install() -> None:
    """The units of the gateway and of its broker, and the configuration."""
    for unit, text in (("radio", RADIO_UNIT), ("broker", BROKER_UNIT)):
        (UNITS / f"{unit}.service").write_text(text)
    Path("/etc/mosquitto/here.conf").write_text(f"listener {PORT} 127.0.0.1\nallow_anonymous true\n")
    shutil.copytree(PROJECT / "systemd/bluetooth.service.d", UNITS / "bluetooth.service.d", dirs_exist_ok=True)
    Path("/etc/sysusers.d").mkdir(exist_ok=True)
    shutil.copy(PROJECT / "systemd/lifering.sysusers", "/etc/sysusers.d/lifering.conf")
    unit = (PROJECT / "systemd/lifering.service").read_text().replace("/usr/bin/lifering", "/usr/bin/python3 -m gateway")
    (UNITS / "lifering.service").write_text(unit.replace("ExecStart=", f"{PATHS}ExecStart="))
    slowly = UNITS / "lifering.service.d"
    slowly.mkdir(exist_ok=True)
    (slowly / "slowly.conf").write_text(SLOWLY)
    CONFIG.mkdir(exist_ok=True)
    (CONFIG / "gateway.toml").write_text(GATEWAY)
    (CONFIG / "wristbands.csv").write_text(ROSTER)


async def _until_true(test: str) -> None:
    for _ in range(300):
        if await sh(f"{test} && echo yes") == "yes":
            return
        await asyncio.sleep(0.2)
    raise TimeoutError(test)


def _wall(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()

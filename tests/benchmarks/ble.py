"""What an advertisement costs on its way from the D-Bus to the intake, and whether one is lost: `./dev bench ble`.

A real dbus-daemon, a stand-in for bluetoothd that tells of 2,000 advertisements a second of 500 bands, each with data of its
own, and the gateway's scanner through the real bleak, in a process of its own: that one is measured. `--write` writes
docs/performance-ble.md, with the figures in docs/performance-ble.json.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import msgspec
from msgspec import Struct

from fake_devices.ble_link.advertising_data import build
from fake_devices.patience import HANGS_S
from tests.benchmarks.usage import cpu_s, rss_mb
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus
from tests.json_file import encoded
from tests.processes import DIES_WITH_US
from tests.reliability.stamp import Stamp, stamp

DOCS = Path(__file__).parents[2] / "docs"
JSON, PAGE = DOCS / "performance-ble.json", DOCS / "performance-ble.md"
ROOT = DOCS.parent

BANDS, A_SECOND, BURST_S = 500, 2_000, 0.05
BTHOME = 0xFCD2
SETTLES_S = 2.0  # nothing came for so long: nothing is under way any more
HEAD = """\
# What an advertisement costs

`./dev bench ble` has a stand-in for bluetoothd tell of 500 bands over a real dbus-daemon, and the gateway hear them through
the real bleak, in a process of its own, which is measured: from the D-Bus to the intake, without decoding, rules and store
([performance.md](performance.md) has those). Each advertisement has data of its own, so that none may be left out.
`--millions N` plays so many, to see what becomes of the memory; `--write` writes this page.
"""


class Figures(Struct, kw_only=True):
    """Of one run. `asked`, `told`: advertisements a second; memory is that of the process that hears, resident."""

    stamp: Stamp
    bands: int
    asked: int
    told: float
    advertisements: int
    lost: int
    dropped: int
    cpu_us: float
    before_mb: float
    after_mb: float


class Listener:
    """`async with Listener(addresses) as listener:` it scans."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses
        self._process: Process

    async def __aenter__(self) -> Listener:
        command = [*DIES_WITH_US, sys.executable, "-m", "tests.benchmarks.ble_listener", *self._addresses]
        self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=sys.stderr, cwd=ROOT)
        assert await self._line() == "scanning"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    async def frames(self) -> tuple[int, int]:
        """How many it has handed over, and dropped."""
        assert self._process.stdin
        self._process.stdin.write(b"\n")
        handed, dropped = map(int, (await self._line()).split())
        return handed, dropped

    async def settled(self) -> tuple[int, int]:
        """The same, once nothing comes any more."""
        before = (-1, -1)
        while (now := await self.frames()) != before:
            before = now
            await asyncio.sleep(SETTLES_S)
        return now

    async def _line(self) -> str:
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), HANGS_S)
        if not line:
            raise RuntimeError("the listener has ended")
        return line.decode().strip()


async def measured(many: int, a_second: int) -> Figures:
    """Tells of so many, at this pace or as fast as the bus takes them, and counts what comes."""
    addresses = [f"C0:FF:EE:00:{number >> 8:02X}:{number & 0xFF:02X}" for number in range(BANDS)]
    with PrivateBus() as bus:
        async with FakeBluez(bus.address) as bluez, Listener(addresses) as listener:
            for address in addresses:  # each is an object of the bus before it is measured
                bluez.advertise(address, _frame(0))
            await bluez.settled()
            heard, _ = await listener.settled()
            before_mb, begun_cpu_s, begun_s = rss_mb(listener.pid), cpu_s(listener.pid), time.monotonic()
            for first in range(0, many, burst := max(1, round(a_second * BURST_S))):
                for number in range(first, min(first + burst, many)):
                    bluez.advertise(addresses[number % BANDS], _frame(1 + number // BANDS))
                await bluez.settled()
                await asyncio.sleep(max(0.0, begun_s + (first + burst) / a_second - time.monotonic()))
            took_s = time.monotonic() - begun_s
            came, dropped = await listener.settled()
            used_s, after_mb = cpu_s(listener.pid) - begun_cpu_s, rss_mb(listener.pid)
    return Figures(
        stamp=stamp(),
        bands=BANDS,
        asked=a_second,
        told=many / took_s,
        advertisements=many,
        lost=many - (came - heard) - dropped,
        dropped=dropped,
        cpu_us=1e6 * used_s / many,
        before_mb=before_mb,
        after_mb=after_mb,
    )


def _frame(number: int) -> bytes:
    """BTHome: a packet id, a battery, and a voltage that is another each time."""
    told = bytes((0x40, 0x00, number & 0xFF, 0x01, 90, 0x0C)) + (number & 0xFFFF).to_bytes(2, "little")
    return build(service_data={BTHOME: told})


def page(figures: Figures) -> str:
    """The table, and where and when."""
    of = figures.stamp
    rows = [
        ("processor time for an advertisement", f"{figures.cpu_us:.0f} us"),
        ("advertisements", f"{figures.advertisements:,} of {figures.bands} bands"),
        ("a second, asked for and told", f"{figures.asked:,} and {figures.told:,.0f}"),
        ("lost", f"{figures.lost:,}"),
        ("dropped, as the queue was full", f"{figures.dropped:,}"),
        ("memory before and after", f"{figures.before_mb:.1f} MB and {figures.after_mb:.1f} MB"),
    ]
    table = "\n".join(["| figure | value |", "| --- | ---: |", *(f"| {name} | {value} |" for name, value in rows)])
    return f"{HEAD}\nOf {of.date}, commit {of.commit}, {of.machine}.\n\n{table}\n"


def main() -> int:
    """Prints the table; 1 where an advertisement was lost."""
    parser = argparse.ArgumentParser(
        prog="./dev bench ble", description="What an advertisement costs, and whether one is lost."
    )
    parser.add_argument("--seconds", type=float, default=10, metavar="N", help="so long (%(default)g)")
    parser.add_argument("--millions", type=float, metavar="N", help="so many instead, to see what becomes of the memory")
    parser.add_argument("--rate", type=int, default=A_SECOND, metavar="N", help="advertisements a second (%(default)s)")
    parser.add_argument("--write", action="store_true", help="write docs/performance-ble.md and its figures anew")
    options = parser.parse_args()
    many = round(options.millions * 1e6) if options.millions else round(options.seconds * options.rate)
    figures = asyncio.run(measured(many, options.rate))
    print(page(figures))
    if options.write:
        JSON.write_bytes(encoded(figures))
        PAGE.write_text(page(figures), encoding="utf-8")
    return 1 if figures.lost or figures.dropped else 0


def read() -> Figures:
    """The figures of the last run that was written."""
    return msgspec.json.decode(JSON.read_bytes(), type=Figures)


if __name__ == "__main__":
    sys.exit(main())

"""10,000 slow connections to the page of a running daemon, and what they do to an alert: `./dev page slow`.

A process of its own keeps as many sockets at the page as it is told to, from a hundred addresses, each with half a request to
which an octet is added now and then; one that is hung up is opened anew. Meanwhile bands are pressed, one after another, and
the time to the platform is compared with that of as many presses before and after. It runs at the lowest priority, since
strangers bring processors along.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fake_devices.free_port import free_port
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.browser import HttpClient
from tests.daemon import Daemon, bands, configuration
from tests.mosquitto import Mosquitto
from tests.processes import DIES_WITH_US

MANY, PRESSES = 10_000, 30
ADDRESSES = 100  # of the strangers, on this machine: 127.0.1.1 and on
HALF_A_REQUEST = b"GET / HTTP/1.1\r\nHost: 127"
OCTET_EVERY_S = 2.0
AT_ONCE = 200  # sockets opened before it looks at the others


# --- the strangers ------------------------------------------------------------------------------------------------------


class Strangers:
    """Keeps so many connections to this port, or tries to."""

    def __init__(self, port: int, many: int) -> None:
        self._port, self._many, self._opened = port, many, 0
        self._waiting = selectors.DefaultSelector()
        self._open: set[socket.socket] = set()
        self._connecting: set[socket.socket] = set()

    def press_on(self) -> None:
        """For ever; says now and then how many are connected, how many wait to be, and how many there were."""
        octet_s = said_s = time.monotonic()
        while True:
            self._open_more()
            for key, _ in self._waiting.select(0.05):
                self._see(key.fileobj)  # type: ignore[arg-type]  # we gave sockets
            now_s = time.monotonic()
            if now_s - octet_s > OCTET_EVERY_S:
                octet_s = now_s
                for one in tuple(self._open):
                    self._send(one, b".")
            if now_s - said_s > 1:
                said_s = now_s
                print(len(self._open), len(self._connecting), self._opened, flush=True)

    def _open_more(self) -> None:
        for _ in range(min(AT_ONCE, self._many - len(self._open) - len(self._connecting))):
            one = socket.socket()
            one.setblocking(False)
            one.bind((f"127.0.1.{1 + self._opened % ADDRESSES}", 0))
            self._opened += 1
            if one.connect_ex(("127.0.0.1", self._port)) not in (0, errno.EINPROGRESS):
                one.close()
                continue
            self._connecting.add(one)
            self._waiting.register(one, selectors.EVENT_WRITE)

    def _see(self, one: socket.socket) -> None:
        if one not in self._connecting:
            self._gone(one)  # nothing is said to it but that it is over
            return
        self._connecting.discard(one)
        if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._gone(one)
            return
        self._open.add(one)
        self._waiting.modify(one, selectors.EVENT_READ)
        self._send(one, HALF_A_REQUEST)

    def _send(self, one: socket.socket, octets: bytes) -> None:
        try:
            one.send(octets)
        except OSError:
            self._gone(one)

    def _gone(self, one: socket.socket) -> None:
        self._open.discard(one)
        self._connecting.discard(one)
        self._waiting.unregister(one)
        one.close()


@contextmanager
def strangers(port: int, many: int, said: Path) -> Iterator[None]:
    """As long as the block; what they say comes into this file."""
    command = [*DIES_WITH_US, sys.executable, "-m", "tests.slow_connections", "--strangers", str(port), "--many", str(many)]
    with said.open("w") as file:
        process = subprocess.Popen(command, stdout=file)
    try:
        yield
    finally:
        process.kill()
        process.wait()


# --- the presses --------------------------------------------------------------------------------------------------------


async def pressed(hub: FakeHub, platform: Platform, addresses: list[str]) -> list[float]:
    """From each press to the platform, in ms."""
    took = []
    for address in addresses:
        begun_s = time.monotonic()
        hub.presses(address)
        alert = await platform.alert(limit_s=60, kind="sos", device=address)
        took.append(1000 * (platform.comings(alert)[0] - begun_s))
        platform.resolves(str(alert["id"]))
        await platform.alert("resolved", limit_s=60, id=alert["id"])
    return took


async def standing(said: Path, many: int) -> str:
    """What they said when as many as can be had been opened once."""
    while True:
        lines = said.read_text().splitlines()  # noqa: ASYNC240 (a small file in the memory)
        if lines and int(lines[-1].split()[2]) >= many:
            return lines[-1]
        await asyncio.sleep(0.2)  # nothing tells of it


async def tried(folder: Path, many: int, presses: int) -> int:
    """Prints what came of it; the exit code."""
    (folder / "broker").mkdir()
    (folder / "data").mkdir()
    (folder / "page-pin").touch(0o600)
    (folder / "page-pin").write_text("482915\n")
    roster, port = bands(3 * presses), free_port()
    addresses = [band.address for band in roster]
    with Mosquitto(folder / "broker") as broker:
        async with FakeHub(folder / "hub") as hub, Platform(broker.platform_port) as platform:
            config = configuration(folder / "data", broker_port=broker.port, hub=hub.line.path, roster=roster)
            async with Daemon(folder, f'{config}[page]\nlisten = "127.0.0.1:{port}"\npin_file = "page-pin"\n') as daemon:
                await daemon.start()
                await HttpClient(port).listens()
                before = await pressed(hub, platform, addresses[:presses])
                with strangers(port, many, folder / "strangers"):
                    begun = await standing(folder / "strangers", many)
                    meanwhile = await pressed(hub, platform, addresses[presses : 2 * presses])
                    ended = (folder / "strangers").read_text().splitlines()[-1]
                after = await pressed(hub, platform, addresses[2 * presses :])
    return told(many, [*before, *after], meanwhile, begun, ended)


def told(many: int, idle: list[float], meanwhile: list[float], begun: str, ended: str) -> int:
    """The figures, as ratios: milliseconds are of this machine."""
    open_, connecting, _ = begun.split()
    print(
        f"{many} connections kept at the page: {open_} connected, {connecting} not yet let in; {ended.split()[2]} opened in all"
    )
    print("from a press to the platform, ms     median      worst")
    for name, took in (("idle", idle), ("with all of them", meanwhile)):
        print(f"  {name:32} {statistics.median(took):8.1f}   {max(took):8.1f}   ({len(took)} presses, all there)")
    print(f"  {'ratio':32} {statistics.median(meanwhile) / statistics.median(idle):8.2f}   {max(meanwhile) / max(idle):8.2f}")
    return 0


def main() -> int:
    """`--many`, `--presses`."""
    parser = argparse.ArgumentParser(prog="./dev page slow", description=__doc__)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--presses", type=int, default=PRESSES, help="before, meanwhile and after, each")
    parser.add_argument("--strangers", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.strangers:
        os.nice(19)
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        Strangers(args.strangers, args.many).press_on()
    if (may := resource.getrlimit(resource.RLIMIT_NOFILE)[1]) < args.many + 100:
        print(f"this process may open {may} files, and it takes {args.many + 100}: ulimit -Hn", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(tried(Path(folder), args.many, args.presses))


if __name__ == "__main__":
    sys.exit(main())

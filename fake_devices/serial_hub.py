"""A serial hub on a pseudo-terminal: it tells what its bands do, and makes them vibrate when it is asked to."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, Unpack

from fake_devices import serial_hub_frames as frames
from fake_devices.patience import HANGS_S
from fake_devices.pseudo_terminal import PseudoTerminal
from fake_devices.serial_hub_frames import RecordValues

PRESS_RECORDS = 3  # the sheet: a record may be repeated up to three times with the same number
PRESS_EVERY_S = 0.3
MAX_COMMAND = 520  # bytes, COBS included
DONE, NOT_IN_REACH = 0, 1


class FakeHub:
    """Verbs for the story. Used as `async with FakeHub(path) as hub`; the port is there inside.

    `asked` has the commands that reached it; `vibrations` counts (address, "short" or "long") of bands that did vibrate.
    `out_of_reach`: addresses of bands that it cannot find. `last_number`: of the records of each band until now.
    """

    def __init__(self, path: Path, last_number: int = 0) -> None:
        self.line = PseudoTerminal(path, self._hear)
        self.asked: list[frames.HubCommand] = []
        self.vibrations: Counter[tuple[str, str]] = Counter()
        self.out_of_reach: set[str] = set()
        self._numbers = defaultdict[str, int](lambda: last_number)
        self._unfinished = b""
        self._obeyed = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.line.plug_in()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.vanishes()

    # --- what its bands do ---

    def says(self, address: str, **told: Unpack[RecordValues]) -> None:
        """One record of a band."""
        self.line.write(self._record(address, told))

    def presses(self, address: str, *, records: int = PRESS_RECORDS, **told: Unpack[RecordValues]) -> None:
        """One press of the SOS key: a record, repeated with the same number so that one of them comes through."""
        self._insists(self._record(address, RecordValues(sos=True) | told), records)

    def falls(self, address: str, **told: Unpack[RecordValues]) -> None:
        """The band has noticed a fall."""
        self._insists(self._record(address, RecordValues(fall=True) | told), PRESS_RECORDS)

    def advertises(self, address: str, data: bytes, rssi: int = -60) -> None:
        """A BLE advertisement that the hub heard; `data` are its AD structures."""
        self.line.write(frames.advertisement(address, data, rssi))

    async def vibrates(self, address: str, how: Literal["short", "long"], limit_s: float = HANGS_S) -> None:
        """Returns when the band has vibrated so. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not self.vibrations[address, how]:
                self._obeyed.clear()
                await self._obeyed.wait()

    # --- what the hub does ---

    def status(
        self, uptime_s: int = 3600, firmware: tuple[int, int, int] = (1, 4, 2), dropped: int = 0, bands: int = 1
    ) -> None:
        """What it tells of itself."""
        self.line.write(frames.status(uptime_s, firmware, dropped, bands))

    def noise(self, data: bytes) -> None:
        """Any bytes on the line."""
        self.line.write(data)

    def vanishes(self) -> None:
        """The plug is pulled, with all that was still to be said."""
        if self.line.plugged_in:
            self.line.pull_out()

    def comes_back(self) -> None:
        """The plug is put back."""
        self._unfinished = b""
        self.line.plug_in()

    # --- the wire ---

    def _record(self, address: str, told: RecordValues) -> bytes:
        self._numbers[address] += 1
        return frames.record(address, self._numbers[address], told)

    def _insists(self, record: bytes, records: int) -> None:
        self.line.write(record)
        loop = asyncio.get_running_loop()
        for repeat in range(1, records):
            loop.call_later(repeat * PRESS_EVERY_S, self.line.write, record)

    def _hear(self, data: bytes) -> None:
        *whole, self._unfinished = (self._unfinished + data).split(b"\0")
        self._unfinished = self._unfinished[-MAX_COMMAND:]
        for encoded in whole:
            if command := frames.command(encoded):
                self._obey(command)

    def _obey(self, command: frames.HubCommand) -> None:
        self.asked.append(command)
        in_reach = command.address not in self.out_of_reach
        if in_reach and command.code in (1, 2):
            self.vibrations[command.address, "short" if command.code == 1 else "long"] += 1
        self.line.write(frames.result(command.id, DONE if in_reach else NOT_IN_REACH))
        self._obeyed.set()

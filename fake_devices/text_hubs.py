"""Hubs on pseudo-terminals that forward advertisements as lines of text: of Ingics, and OpenMQTTGateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from fake_devices.patience import HANGS_S
from fake_devices.pseudo_terminal import PseudoTerminal

HEARTBEAT_S = 5.0
ACKNOWLEDGEMENT = b'{"type":"heartbeat_ack"}'


def _does_nothing(_data: bytes = b"") -> None:
    """A hub that need not be told anything."""


class TextHub:
    """Used as `async with`; the port is there inside. `line` has the verbs of the plug.

    `hears` takes what it is told; `begins` and `ends` are called when it is plugged in and pulled out.
    """

    def __init__(
        self,
        path: Path,
        *,
        hears: Callable[[bytes], None] = _does_nothing,
        begins: Callable[[], None] = _does_nothing,
        ends: Callable[[], None] = _does_nothing,
    ) -> None:
        self.line = PseudoTerminal(path, hears)
        self._begins, self._ends = begins, ends

    async def __aenter__(self) -> Self:
        self.line.plug_in()
        self._begins()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends()
        if self.line.plugged_in:
            self.line.pull_out()

    def noise(self, data: bytes) -> None:
        """Any bytes on the line."""
        self.line.write(data)


class GprpHub(TextHub):
    """An iGS01S, iGS02 or iGS03: `$GPRP,<band>,<hub>,-<rssi>,<data>`."""

    def __init__(self, path: Path, address: str = "F0:08:D1:79:8C:60") -> None:
        super().__init__(path)
        self._address = _digits(address)

    def advertises(self, address: str, data: bytes, rssi: int = -60, *, time: str = "") -> None:
        """A band was heard; `data` are its AD structures."""
        fields = ["GPRP", _digits(address), self._address, str(rssi), data.hex().upper(), *([time] if time else [])]
        self.line.write(f"${','.join(fields)}\r\n".encode())

    def heartbeat(self) -> None:
        """It is there, though it hears nobody."""
        self.line.write(f"$HBRP,{self._address},{self._address},-127,00000000\r\n".encode())


class OmgHub(TextHub):
    """An ESP32 with OpenMQTTGateway, of which each line begins and ends as it was built.

    It says nothing but heartbeats until one is answered: `ready`. What its bands advertise before that is lost.
    """

    def __init__(
        self, path: Path, *, prefix: bytes = b"00", end: bytes = b"\r", heartbeat_every_s: float = HEARTBEAT_S
    ) -> None:
        super().__init__(path, hears=self._hear, begins=self._beats, ends=self._falls_silent)
        self._prefix, self._end = prefix, end
        self._every_s = heartbeat_every_s
        self._ready = asyncio.Event()
        self._heard = b""
        self._next: asyncio.TimerHandle | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a heartbeat was answered."""
        return self._ready.is_set()

    async def ready(self, limit_s: float = HANGS_S) -> None:
        """Returns when a heartbeat was answered. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            await self._ready.wait()

    def advertises(
        self,
        address: str,
        *,
        name: str = "",
        manufacturer_data: bytes = b"",
        service_data: tuple[str, bytes] | None = None,
    ) -> None:
        """A band was heard: with its manufacturer data (company first), and the data of one of its services."""
        told: dict[str, object] = {"id": address, "mac_type": 1, "rssi": -60}
        if name:
            told["name"] = name
        if manufacturer_data:
            told["manufacturerdata"] = manufacturer_data.hex()
        if service_data:
            told["servicedatauuid"], told["servicedata"] = service_data[0], service_data[1].hex()
        if self.is_ready:
            self._says(json.dumps(told, ensure_ascii=False).encode())

    def logs(self, text: str) -> None:
        """A line of its log on the same line."""
        self.line.write(text.encode() + b"\r\n")

    def _beats(self) -> None:
        self._says(b'{"type":"heartbeat"}')
        self._next = asyncio.get_running_loop().call_later(self._every_s, self._beats)

    def _falls_silent(self) -> None:
        if self._next:
            self._next.cancel()

    def _says(self, text: bytes) -> None:
        self.line.write(self._prefix + text + self._end)

    def _hear(self, data: bytes) -> None:
        self._heard = (self._heard + data)[-256:]
        if self._prefix + ACKNOWLEDGEMENT + self._end in self._heard:
            self._heard = b""
            self._ready.set()


def _digits(address: str) -> str:
    return address.replace(":", "")

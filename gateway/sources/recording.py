"""Raw frames of every source, kept in a file as they were heard: a debugging aid, to be played back by `playback.py`.

The file is JSON lines, for its owner alone, appended to, and of bounded size. A head, which says what it holds, and then a
frame a line, in the order in which they came:

    {"recording":1,"gateway":"xishan-01","at":"2026-11-23T03:21:09.120Z","notice":"..."}
    {"s":0.104,"at":"...","source":"line","port":"hall-hub","driver":"serial-hub","bytes":"a55a..."}
    {"s":0.220,"at":"...","source":"advertisement","adapter":"hci0","address":"C0:...","address_type":"random","rssi":-61,"bytes":"0201..."}
    {"s":0.312,"at":"...","source":"value","address":"C0:...","characteristic":"00002a37-...","bytes":"0647"}

`s` counts seconds from the head, by a clock that does not step; `at` is the wall clock. It holds health data and addresses.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import structlog
from msgspec import Struct

from drivers.driver import Advertisement
from gateway.clock import Clock
from gateway.formats.times import rfc3339

log = structlog.get_logger()

MOST_MB = 64  # about half an hour of 200 frames a second
NOTICE = (
    "This file holds health data and addresses of wristbands. Keep it as such, and delete it when it has served. "
    "本文件含有健康数据和手环地址，请妥善保管，用完即删。"
)


class Head(Struct, frozen=True, kw_only=True):
    """The first line, and again where a recording was gone on with."""

    recording: Literal[1] = 1
    gateway: str
    at: str
    notice: str = NOTICE


class Frame(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was heard at once from one source; `data` is hexadecimal."""

    s: float
    at: str
    source: Literal["line", "advertisement", "value"]
    port: str = ""
    driver: str = ""
    adapter: str = ""
    address: str = ""
    address_type: Literal["public", "random", ""] = ""
    rssi: int | None = None
    characteristic: str = ""
    data: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})*$")] = msgspec.field(name="bytes")


class Recording:
    """Sources that have one tell it all that they hear. What the disk does not take ends it, and harms nothing else."""

    def __init__(self, descriptor: int, gateway: str, clock: Clock, most_mb: int = MOST_MB) -> None:
        self._descriptor: int | None = descriptor
        self._clock = clock
        self._began_s = clock.monotonic_s()
        self._left_bytes = most_mb * 1_000_000 - os.fstat(descriptor).st_size
        self._write(Head(gateway=gateway, at=self._at()))

    def line(self, port: str, driver: str, data: bytes) -> None:
        """Bytes that came from a serial port."""
        self._write(Frame(s=self._s(), at=self._at(), source="line", port=port, driver=driver, data=data.hex()))

    def advertisement(self, adapter: str, heard: Advertisement) -> None:
        """An advertisement that an adapter of this machine heard."""
        self._write(
            Frame(
                s=self._s(),
                at=self._at(),
                source="advertisement",
                adapter=adapter,
                address=heard.address,
                address_type=heard.address_type,
                rssi=heard.rssi,
                data=heard.data.hex(),
            )
        )

    def value(self, address: str, characteristic: str, data: bytes) -> None:
        """A value that a connected band notified, or gave when it was read."""
        self._write(
            Frame(s=self._s(), at=self._at(), source="value", address=address, characteristic=characteristic, data=data.hex())
        )

    def _write(self, what: Head | Frame) -> None:
        if self._descriptor is None:
            return
        line = msgspec.json.encode(what) + b"\n"
        self._left_bytes -= len(line)
        if self._left_bytes < 0:
            self._end("full")
            return
        try:
            os.write(self._descriptor, line)
        except OSError as error:
            self._end(error.strerror or "failed")

    def _end(self, why: str) -> None:
        self._descriptor = None
        log.warning("recording ended", why=why)

    def _s(self) -> float:
        return round(self._clock.monotonic_s() - self._began_s, 6)

    def _at(self) -> str:
        return rfc3339(self._clock.wall_ms())


@contextmanager
def recording_to(path: Path, gateway: str, clock: Clock, most_mb: int = MOST_MB) -> Iterator[Recording]:
    """A recording as long as one is inside; one that is there already is gone on with. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        if os.fstat(descriptor).st_size:
            os.write(descriptor, b"\n")  # the last line may have been cut off
        yield Recording(descriptor, gateway, clock, most_mb)
    finally:
        os.close(descriptor)

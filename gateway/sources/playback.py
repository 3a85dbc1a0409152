"""A recording as a source: its frames go the way of fresh ones, at their pace or as fast as they are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import structlog

from drivers.driver import Advertisement, ConnectionDriver, Item, Refused, SerialDriver, StreamDecoder
from gateway.errors import FaultySettings
from gateway.mistake import Mistake
from gateway.roster import Roster
from gateway.sources.receiver import Receiver
from gateway.sources.recording import RecordedFrame, RecordingHead
from gateway.sources.serial_port import PAUSE_S

log = structlog.get_logger()

Until = Callable[[float], Awaitable[None]]  # returns when so many seconds have passed since the playback began


class _Line:
    """One serial port as it is played back."""

    def __init__(self, driver: SerialDriver) -> None:
        self.driver = driver
        self._decoder: StreamDecoder = driver.decoder()
        self._heard_s = 0.0

    def hears(self, data: bytes, at_s: float) -> list[Item]:
        """What becomes whole. A port that paused, or was lost and found, begins anew, as `SerialPort` does."""
        paused = at_s - self._heard_s >= PAUSE_S
        self._heard_s = at_s
        return [*(self.ends() if paused else ()), *self._decoder.feed(data)]

    def ends(self) -> list[Item]:
        """Nothing comes any more: what is begun is refused."""
        return self._decoder.close()


class Playback:
    """`run()` it in a task of its own; it ends with the recording. `skipped`: frames that nothing here can read.

    `until`: how time passes, `at_their_pace` or `as_fast_as_taken`. A value of a connected band is read alone, by the
    driver that the band is enrolled with: what only a whole conversation tells stays untold. A bug in a driver is not
    survived here: whoever plays back looks for one.
    """

    def __init__(self, path: Path, receiver: Receiver, roster: Roster, until: Until) -> None:
        self.skipped = 0
        self._path, self._receiver, self._roster, self._until = path, receiver, roster, until
        self._lines: dict[str, _Line] = {}

    async def run(self) -> None:
        """Hands everything over. Raises FaultySettings where the file cannot be read on."""
        played = 0
        for at_s, frame in frames(self._path):
            await self._until(at_s)
            played += 1
            if frame is None:
                self.skipped += 1
            else:
                self._play(frame, at_s)
                await self._receiver.room()
        for port, line in self._lines.items():
            self._hand_over(port, line, line.ends())
        await self._receiver.stored()
        log.info("playback over", frames=played, skipped=self.skipped)

    def _play(self, frame: RecordedFrame, at_s: float) -> None:
        data = bytes.fromhex(frame.data)
        match frame.source:
            case "line":
                self._line(frame, data, at_s)
            case "advertisement":
                self._receiver.on_advertisement(Advertisement(data, frame.address, frame.rssi, frame.address_type))
            case "value":
                self._value(frame, data)

    def _line(self, frame: RecordedFrame, data: bytes, at_s: float) -> None:
        driver = self._roster.drivers.get(frame.driver)
        if not isinstance(driver, SerialDriver):
            self.skipped += 1
            return
        line = self._lines.setdefault(frame.port, _Line(driver))
        self._hand_over(frame.port, line, line.hears(data, at_s))

    def _hand_over(self, port: str, line: _Line, items: list[Item]) -> None:
        if items:
            self._receiver.on_serial_items(port, line.driver, items)

    def _value(self, frame: RecordedFrame, data: bytes) -> None:
        band = self._roster.band(frame.address)
        driver = self._roster.driver_of(band) if band else None
        if not isinstance(driver, ConnectionDriver):
            self.skipped += 1
            return
        try:
            decoded = driver.decode(frame.characteristic, data, None)
        except Refused:
            self.skipped += 1
            return
        self._receiver.on_report(frame.address, driver.name, decoded)


def frames(path: Path) -> Iterator[tuple[float, RecordedFrame | None]]:
    """Each frame with its seconds since the beginning, None for a line that was cut off.

    Where a recording was gone on with, a pause stands for the time between. Raises FaultySettings: it is no recording.
    """
    began_s = at_s = 0.0
    for number, line in enumerate(_lines(path), start=1):
        what = _read(line)
        if isinstance(what, RecordingHead):
            began_s = at_s + PAUSE_S if number > 1 else 0.0
        elif number == 1:
            raise FaultySettings([Mistake(str(path), 1, "recording", "no_recording", {"file": str(path)})], None)
        else:
            at_s = began_s + what.s if what else at_s
            yield at_s, what


def _read(line: bytes) -> RecordingHead | RecordedFrame | None:
    kind: type[RecordingHead | RecordedFrame] = RecordingHead if line.startswith(b'{"recording":') else RecordedFrame
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        facts = {"path": str(path), "why": error.strerror or str(error)}
        raise FaultySettings([Mistake(str(path), 1, "recording", "file_unreadable", facts)], None) from error


def at_their_pace() -> Until:
    """Time passes as it did when the frames were heard."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()

    async def until(at_s: float) -> None:
        await asyncio.sleep(began_s + at_s - loop.time())

    return until


async def as_fast_as_taken(_at_s: float) -> None:
    """No time passes."""

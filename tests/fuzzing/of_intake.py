"""Target: the upper half of the gateway with its stores: whatever is heard of bands and of a stranger, the account adds up."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from enum import IntEnum
from pathlib import Path

import drivers
from drivers.driver import Advertisement, ConnectionDriver
from drivers.framing import cobs_encode, crc16_ibm_sdlc
from fake_devices import serial_hub_frames
from gateway.store.audit import audit
from tests.drivers import vectors
from tests.fuzzing.of_drivers import check_decoded
from tests.fuzzing.target import Script, Target, piece
from tests.gateway.store.inline import connect_inline
from tests.gateway.upper_half import BAND, PENDANT, STRAP, TestClock, UpperHalf, hub, upper_half

LIVES = 300  # inputs that one store takes; then it is looked through, and another is begun
HEART_RATE = "00002a37-0000-1000-8000-00805f9b34fb"


class Heard(IntEnum):
    """What happens next."""

    LINE, AIR, STRANGER, VALUE, TIME = range(5)


def targets() -> list[Target]:
    """One."""
    return [Target(name="intake", take=_Intake().take, seeds=_heard, longest=700, may_take=(3_000_000, 20_000))]


class _Intake:
    """Keeps one upper half from input to input."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None
        self._stack = AsyncExitStack()
        self._half: UpperHalf
        self._folder: tempfile.TemporaryDirectory[str]
        self._inputs = 0

    def take(self, data: bytes) -> None:
        """Does what the input says; the two equations hold behind it."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        if self._inputs % LIVES == 0:
            self._runner.run(self._begin())
        self._inputs += 1
        self._runner.run(self._hear(Script(data)))
        if self._inputs % LIVES == 0:
            self._runner.run(self._stack.aclose())
            with closing(sqlite3.connect(Path(self._folder.name) / "readings.db")) as connection:
                assert audit(connection) == []

    async def _begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lifering-fuzz-")
        self._half = await self._stack.enter_async_context(
            upper_half(Path(self._folder.name), TestClock(), connect=connect_inline)
        )

    async def _hear(self, script: Script) -> None:
        half, driver = self._half, hub()
        before = half.stores.readings.counts()
        while not script.over:
            match script.octet() % len(Heard):
                case Heard.LINE:
                    inside = script.piece()
                    sealed = cobs_encode(inside + crc16_ibm_sdlc(inside).to_bytes(2, "little")) + b"\0"
                    await half.brings("hall-hub", driver, list(driver.decoder().feed(sealed)))
                case Heard.AIR:
                    await half.hears(Advertisement(script.piece(), PENDANT, -60))
                case Heard.STRANGER:
                    await half.hears(Advertisement(script.piece(), "C0:FF:EE:00:00:99", -60))
                case Heard.VALUE:
                    strap, value = drivers.driver("ble-heart-rate"), script.piece()
                    assert isinstance(strap, ConnectionDriver)
                    decoded = check_decoded(strap, lambda: strap.decode(HEART_RATE, value, None))  # noqa: B023
                    await half.reports(STRAP, strap.name, decoded)
                case _:
                    half.clock.now_s += script.octet()
                    await half.pipeline.tick()
                    half.told()
        counts = half.stores.readings.counts()
        assert counts.received == counts.stored + sum(counts.rejected.values()), counts
        assert counts.stored == counts.delivered + counts.pending + counts.evicted, counts
        assert counts.received >= before.received


def _heard() -> Sequence[bytes]:
    """Records of the hub, presses of the pendant, beats of the strap, and time that passes."""
    told = [
        serial_hub_frames.record(BAND, 1, serial_hub_frames.RecordValues(sos=True)),
        serial_hub_frames.record(BAND, 2, serial_hub_frames.RecordValues(heart_rate=170)),
        serial_hub_frames.status(5, (1, 0, 0), 0, 1),
        serial_hub_frames.advertisement(PENDANT, b"\x02\x01\x06"),
    ]
    line = [bytes((Heard.LINE,)) + piece(serial_hub_frames.unstuff(frame.rstrip(b"\0"))[:-2]) for frame in told]
    presses = [frame.data for frame in vectors.BY_DRIVER["bthome"].frame if not frame.key][:12]
    air = [bytes((kind,)) + piece(data) for data in presses for kind in (Heard.AIR, Heard.STRANGER)]
    beats = [bytes((Heard.VALUE,)) + piece(frame.data) for frame in vectors.BY_DRIVER["ble-heart-rate"].frame[:8]]
    time = bytes((Heard.TIME, 200))
    return [*line, *air, *beats, time.join((*line, *air[:4], *beats[:3]))]

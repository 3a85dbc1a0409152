"""So many readings from the line to the store, in one thread: what `./dev arm64 instructions` counts."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from tests.gateway.store.inline import connect_inline
from tests.gateway.upper_half import BAND, TestClock, upper_half

A_COMMIT = 200  # readings of a second


async def main(count: int) -> None:
    """A pulse that is well, each in a frame of its own; committed as often as by the daemon at 200 a second."""
    with tempfile.TemporaryDirectory() as folder:
        async with upper_half(Path(folder), TestClock(), connect=connect_inline) as half:
            for number in range(count):
                await half.streams(frames.record(BAND, number % 65_536, RecordValues(heart_rate=70 + number % 9)))
                half.clock.now_s += 1
                if number % A_COMMIT == A_COMMIT - 1:
                    await half.stores.readings.flush()
            counts = half.stores.readings.counts()
            assert counts.stored == count, counts


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

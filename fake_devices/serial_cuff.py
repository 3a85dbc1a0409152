"""A blood pressure booth on a pseudo-terminal, of the kind `raycome-rbp`: it measures at a key, or when it is told to.

An encoder of its own, so that it shares no mistake with the driver that decodes:

    AA 80 03 LL tt tt d... XX from it, CC 80 03 LL tt tt d... XX to it; L bytes from t to d, X XOR of all from the 03 to d
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from fake_devices.pseudo_terminal import PseudoTerminal

CONNECT, START, STOP, CUFF, RESULT, FAILURE = (bytes((1, code)) for code in (1, 2, 3, 5, 6, 7))
STEP_S = 0.05  # between two pressures in the cuff; a real one takes forty seconds in all
STEPS_MMHG = (20, 60, 100, 140, 120, 90)
COMMAND_BYTES = 8


class Pressure(NamedTuple):
    """What will be measured, mmHg and /min."""

    systolic: int
    diastolic: int
    pulse: int


class FakeCuff:
    """Used as `async with FakeCuff(path) as cuff`; the port is there inside.

    `sits_down` says what the next measurements will be; `asked` has the commands that reached it; while `is_off` it hears
    nothing. `user` and `clock` are what it writes into its results.
    """

    def __init__(self, path: Path, clock: datetime | None = None) -> None:
        self.line = PseudoTerminal(path, self._hear)
        self.asked: list[bytes] = []
        self.is_off = False
        self.user = 1
        self.clock = clock or datetime(2026, 11, 23, 8, 15, 30)  # noqa: DTZ001 (a device's clock has no zone)
        self._people: deque[Pressure | int] = deque()
        self._unheard = b""
        self._steps: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        self.line.plug_in()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stops()
        if self.line.plugged_in:
            self.line.pull_out()

    # --- the story ---

    def sits_down(self, systolic: int, diastolic: int, pulse: int) -> None:
        """Somebody puts their arm into it."""
        self._people.append(Pressure(systolic, diastolic, pulse))

    def sits_badly(self, failure: int = 2) -> None:
        """Somebody whose measurement will fail: 2 a leak, the arm is not in its place."""
        self._people.append(failure)

    def key_pressed(self) -> None:
        """Whoever sits there presses its key."""
        self._inflates(list(STEPS_MMHG))

    @property
    def is_measuring(self) -> bool:
        """Whether the cuff is under pressure."""
        return self._steps is not None

    # --- the cuff ---

    def _inflates(self, steps: list[int]) -> None:
        if steps:
            self._says(CUFF, steps[0].to_bytes(2))
            self._steps = asyncio.get_running_loop().call_later(STEP_S, self._inflates, steps[1:])
        else:
            self._steps = None
            self._tells()

    def _stops(self) -> None:
        if self._steps:
            self._steps.cancel()
        self._steps = None

    def _tells(self) -> None:
        person = self._people.popleft() if self._people else 2
        if isinstance(person, int):
            self._says(FAILURE, bytes((person,)))
            return
        at = self.clock
        stamp = bytes((at.year - 2000, at.month, at.day, at.hour, at.minute, at.second))
        self._says(RESULT, bytes((self.user,)) + stamp + b"".join(number.to_bytes(2) for number in person))

    # --- the wire ---

    def _says(self, kind: bytes, data: bytes) -> None:
        self.line.write(frame(0xAA, kind, data))

    def _hear(self, data: bytes) -> None:
        if self.is_off:
            return
        self._unheard += data
        while len(self._unheard) >= COMMAND_BYTES:
            command, self._unheard = self._unheard[:COMMAND_BYTES], self._unheard[COMMAND_BYTES:]
            for kind, obey in ((CONNECT, None), (START, self.key_pressed), (STOP, self._stops)):
                if command == frame(0xCC, kind, b"\0"):
                    self.asked.append(kind)
                    self._says(kind, b"\0")
                    if obey:
                        obey()


def frame(head: int, kind: bytes, data: bytes) -> bytes:
    """A frame as it goes over the line."""
    body = bytes((0x03, len(kind) + len(data))) + kind + data
    check = 0
    for byte in body:
        check ^= byte
    return bytes((head, 0x80)) + body + bytes((check,))

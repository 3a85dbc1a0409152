"""A modem that follows a script: it says what stands there, when it stands there, and wants to hear what stands there.

Steps: `["host", regex]`, `["modem", bytes, delay ms]`, `["modem_bytewise", bytes, ms a byte]`, `["silence", ms]`,
`["wait_at_least_ms", n]`, `["no_host_CMGS_for_ms", n]`, `["host_any_until", regex]`. Delays count from the step before. What
belongs to the start and to the looks in between is answered as any modem does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fake_devices.modem_brain import ModemBrain
from fake_devices.modem_habits import ModemHabits
from tests.gateway.channels.sms.virtual_line import wall_ms

UNIT = re.compile(rb"\x1b\r?|[^\r\x1a\x1b]*[\r\x1a]")


class ScriptedModem:
    def __init__(self, script: Sequence[Sequence[Any]]) -> None:
        self.brain = ModemBrain(ModemHabits(), wall_ms)
        self.mistakes: list[str] = []
        self._steps = list(script)
        self._began = False
        self._since_s = 0.0
        self._written = b""
        self._said = b""

    def begin(self, now_s: float) -> None:
        """The start is over: the script counts from here."""
        self._began = True
        self._since_s = now_s

    @property
    def over(self) -> bool:
        return not self._steps

    @property
    def step(self) -> Sequence[Any]:
        return self._steps[0] if self._began and self._steps else ("none",)

    def hear(self, now_s: float, data: bytes) -> None:
        self._follow(now_s)
        self._written += data
        while found := UNIT.match(self._written):
            self._written = self._written[found.end() :]
            self._hear(now_s, found[0])

    def due(self, now_s: float) -> bytes:
        self._follow(now_s)
        said, self._said = self._said + self.brain.due(now_s), b""
        return said

    @property
    def next_s(self) -> float | None:
        times = [self._ends_s] if self._ends_s is not None else []
        return min(times + ([] if self.brain.next_s is None else [self.brain.next_s]), default=None)

    @property
    def _ends_s(self) -> float | None:
        """When the step under way is over by itself."""
        kind, *rest = self.step
        takes_ms: float | None = None
        if kind in ("modem", "modem_bytewise"):
            takes_ms = rest[1] if len(rest) > 1 else 0
        elif kind in ("silence", "wait_at_least_ms", "no_host_CMGS_for_ms"):
            takes_ms = rest[0]
        return None if takes_ms is None else self._since_s + takes_ms / 1000

    def _follow(self, now_s: float) -> None:
        while self._ends_s is not None and self._ends_s <= now_s + 1e-9:
            ended_s = self._ends_s
            if self.step[0] == "modem":
                self._said += self.step[1].encode()
                self._next(ended_s)
            elif self.step[0] == "modem_bytewise":
                self._said += self.step[1][:1].encode()
                rest = ("modem_bytewise", self.step[1][1:], self.step[2])
                self._next(ended_s)
                if rest[1]:
                    self._steps.insert(0, rest)
            else:
                self._next(ended_s)

    def _next(self, now_s: float) -> None:
        self._steps.pop(0)
        self._since_s = now_s

    def _hear(self, now_s: float, unit: bytes) -> None:
        kind, *rest = self.step
        if kind in ("host", "host_any_until") and re.fullmatch(rest[0].encode(), unit):
            self._next(now_s)
            self._follow(now_s)
        elif kind in ("silence", "host_any_until"):
            return
        elif b"+CMGS" in unit or unit.endswith(b"\x1a"):
            self.mistakes.append(f"{unit!r} at {now_s} in {kind}")
        elif not unit.startswith(b"\x1b"):
            self.brain.hear(now_s, unit)

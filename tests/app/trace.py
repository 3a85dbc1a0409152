"""Follows one press through the running gateway: which room hands it to which, by which function."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from drivers.driver import Decoded
from drivers.measurement import Measurement
from gateway.alert import Alert, AlertEvent, Finding
from gateway.formats.format import ALERTS, Outgoing
from gateway.intake.frame import Frame
from gateway.readings import Reading
from gateway.store.alerts import Transaction

HANDED_ON = ("sources", "intake", "pipeline", "alerts", "channels")  # the rooms of the way; others are asked by them
ROOT = str(Path(__file__).parents[2]) + "/"


class Door(NamedTuple):
    """The press goes from one room to another, through this function."""

    before: str
    room: str
    function: str


class Trace:
    """`doors` in the order in which the press went through them, each once. Used as `with Trace(frame) as trace`."""

    def __init__(self, frame: bytes) -> None:
        self.doors: list[Door] = []
        self._frame = frame
        self._entered: list[str] = []

    def __enter__(self) -> Trace:
        sys.setprofile(self._see)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, _arg: object) -> None:
        here = room(frame)
        if event != "call" or not here or not self._carried(frame):
            return
        before = self._before(frame, here)
        door = Door(before, here, frame.f_code.co_name)
        if before != here and door not in self.doors:
            self.doors.append(door)
        if here in HANDED_ON and here not in self._entered:
            self._entered.append(here)

    def _before(self, frame: FrameType, here: str) -> str:
        """Who called it; where its own room fetches it, or a task of its own takes it up: the room that had it last."""
        before = caller(frame) or here
        fetched = here in HANDED_ON and before == here and here not in self._entered and self._entered
        return self._entered[-1] if fetched else before

    def _carried(self, frame: FrameType) -> bool:
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return any(self._is_of_it(frame.f_locals.get(name)) for name in names)

    def _is_of_it(self, value: Any, depth: int = 0) -> bool:
        match value:
            case Measurement() | Reading():
                return value.kind == "button"
            case Finding() | Alert():
                return value.kind == "sos"
            case AlertEvent():
                return self._is_of_it(value.alert)
            case Outgoing():
                return value.stream == ALERTS
            case bytes():
                return self._frame in value
            case Decoded():
                return any(map(self._is_of_it, value.measurements))
            case Frame():
                return self._is_of_it(value.decoded)
            case Transaction():
                return any(map(self._is_of_it, value.alerts))
            case list() | tuple():
                return depth < 2 and any(self._is_of_it(one, depth + 1) for one in value)
        return False


def room(frame: FrameType) -> str:
    """The room that a function belongs to; "": it is none of ours."""
    path = frame.f_code.co_filename.removeprefix(ROOT)
    parts = path.removesuffix(".py").split("/")
    if parts[0] not in ("gateway", "drivers") or path == frame.f_code.co_filename:
        return ""
    return parts[1] if parts[0] == "gateway" else "drivers"


def caller(frame: FrameType) -> str:
    """The room of who called it, as far as that is ours; "": the event loop."""
    above = frame.f_back
    while above is not None and not room(above):
        above = above.f_back
    return room(above) if above else ""

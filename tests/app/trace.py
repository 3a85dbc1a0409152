"""Follows one thing through the running gateway: which room hands it to which, by which function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from drivers.driver import Decoded
from drivers.measurement import Measurement
from gateway.alert import Alert, AlertEvent, Finding
from gateway.alerts.lifecycle import Action
from gateway.channels.mqtt.session import Message
from gateway.commands import AnsweredCommand, Command, Reply
from gateway.formats.format import ALERTS, COMMANDS, READINGS, REPLIES, Outgoing
from gateway.readings import Reading
from gateway.store.batches import Batch
from gateway.store.keeping import Transaction
from gateway.store.write_buffer import CommitBatch

ROOT = str(Path(__file__).parents[2]) + "/"
RUNNER = "gateway/failures.py"  # runs each job, as the event loop does


class Door(NamedTuple):
    """It goes from one room to another, through this function."""

    before: str
    room: str
    function: str


class Way(NamedTuple):
    """The rooms that hand it on, in their order (others are asked by them), and how it is known among the arguments."""

    rooms: tuple[str, ...]
    is_of_it: Callable[[Any], bool]


def of_sos(frame: bytes) -> Way:
    """A press that calls for help, from the line to the broker."""

    def is_of_it(value: Any) -> bool:
        match value:
            case Measurement() | Reading():
                return value.kind == "button"
            case Finding() | Alert():
                return value.kind == "sos"
            case AlertEvent():
                return is_of_it(value.alert)
            case Outgoing():
                return value.stream == ALERTS
            case bytes():
                return frame in value
            case Decoded():
                return any(map(is_of_it, value.measurements))
            case Transaction():
                return any(map(is_of_it, value.alerts))
        return False

    return Way(("sources", "intake", "pipeline", "alerts", "channels"), is_of_it)


def of_reading(frame: bytes) -> Way:
    """A heart rate that is no reason for an alert, from the line to the broker."""

    def is_of_it(value: Any) -> bool:
        match value:
            case Measurement() | Reading():
                return value.kind == "heart_rate"
            case Outgoing():
                return value.stream == READINGS
            case bytes():
                return frame in value or b'"heart_rate"' in value
            case Decoded():
                return any(map(is_of_it, value.measurements))
            case Batch():
                return is_of_it(value.body)
            case CommitBatch():
                return True
        return False

    return Way(("sources", "intake", "pipeline", "store", "channels"), is_of_it)


def of_command() -> Way:
    """What a person says about an alert, from the broker to the disk, and the reply back."""

    def is_of_it(value: Any) -> bool:
        match value:
            case Message():
                return value.topic.endswith(COMMANDS)
            case Command() | Action() | AnsweredCommand() | Reply():
                return True
            case Outgoing():
                return value.stream == REPLIES
            case bytes():
                return b'"verb"' in value
            case Transaction():
                return bool(value.replies)
        return False

    return Way(("channels", "router", "alerts", "store", "channels"), is_of_it)


class Trace:
    """`doors` in the order in which it went through them, each once. Used as `with Trace(way) as trace`."""

    def __init__(self, way: Way) -> None:
        self.doors: list[Door] = []
        self._way = way
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
        if here in self._way.rooms and here not in self._entered:
            self._entered.append(here)

    def _before(self, frame: FrameType, here: str) -> str:
        """Who called it; where its own room fetches it, or a task of its own takes it up: the room that had it last."""
        before = caller(frame) or here
        fetched = here in self._way.rooms and before == here and here not in self._entered and self._entered
        return self._entered[-1] if fetched else before

    def _carried(self, frame: FrameType) -> bool:
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return any(self._holds(frame.f_locals.get(name)) for name in names)

    def _holds(self, value: Any, depth: int = 0) -> bool:
        if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
            return depth < 2 and any(self._holds(one, depth + 1) for one in value)
        return self._way.is_of_it(value)


def room(frame: FrameType) -> str:
    """The room that a function belongs to; "": it is none of ours."""
    path = frame.f_code.co_filename.removeprefix(ROOT)
    parts = path.removesuffix(".py").split("/")
    if parts[0] not in ("gateway", "drivers") or path in (frame.f_code.co_filename, RUNNER):
        return ""
    return parts[1] if parts[0] == "gateway" else "drivers"


def caller(frame: FrameType) -> str:
    """The room of who called it, as far as that is ours; "": the event loop."""
    above = frame.f_back
    while above is not None and not room(above):
        above = above.f_back
    return room(above) if above else ""

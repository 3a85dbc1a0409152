"""The lines that go in: each a reading or a deed, read out of JSON, or what is wrong with it. Pure."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from drivers.measurement import BUTTONS, UNITS, BloodPressure, Kind, Position, Value
from gateway.clock import ClockState
from gateway.formats.times import from_rfc3339

DEEDS = ("command", "sms", "restart", "wait", "port", "link", "snapshot")


class BadLine(Exception):
    """`code` is a key of `words/replay.py`, `facts` are what its words need. Nothing of a value is in them."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class ReadingLine(Struct, frozen=True, kw_only=True, gc=False):
    """A reading that comes at `due_ms`; "" and None where the line says nothing."""

    due_ms: int
    at_ms: int
    wearer: str
    kind: Kind
    value: Value
    device: str
    driver: str
    id: str
    clock: ClockState
    quality: tuple[str, ...]
    history: bool
    rr_ms: tuple[int, ...]


class CommandDeed(Struct, frozen=True, kw_only=True):
    """Somebody asks; `message` is what would have come on `down/commands`, perhaps without an id."""

    due_ms: int
    message: dict[str, Any]


class SmsDeed(Struct, frozen=True, kw_only=True):
    """An SMS comes."""

    due_ms: int
    sender: str
    text: str


class RestartDeed(Struct, frozen=True, kw_only=True):
    """kill -9, and a start so many ms later."""

    due_ms: int
    down_ms: int


class WaitDeed(Struct, frozen=True, kw_only=True):
    """Time passes."""

    due_ms: int


class PortDeed(Struct, frozen=True, kw_only=True):
    """A serial port is lost, or there again."""

    due_ms: int
    name: str
    state: Literal["lost", "open"]


class LinkDeed(Struct, frozen=True, kw_only=True):
    """The way to the platform."""

    due_ms: int
    state: Literal["up", "down"]


class SnapshotDeed(Struct, frozen=True, kw_only=True):
    """What is open is asked for."""

    due_ms: int


Deed = CommandDeed | SmsDeed | RestartDeed | WaitDeed | PortDeed | LinkDeed | SnapshotDeed
Line = ReadingLine | Deed


class Numbered(NamedTuple):
    """A line with its number, from 1; what is wrong with it, where something is."""

    number: int
    line: Line | BadLine


# --- as they are written ----------------------------------------------------------------------------------------------


class _Written(Struct, frozen=True):
    do: str | None = None
    at: str | None = None
    received_at: str | None = None
    wearer: str | None = None
    device: str | None = None
    driver: str | None = None
    kind: str | None = None
    value: Any = None
    unit: str | None = None
    id: str | None = None
    clock: ClockState | None = None
    quality: tuple[str, ...] | None = None
    history: bool | None = None
    rr_ms: tuple[int, ...] | None = None


class _Sms(Struct, frozen=True, rename={"sender": "from"}):
    sender: str
    text: str


class _Restart(Struct, frozen=True):
    down_s: float = 0


class _Port(Struct, frozen=True):
    name: str
    state: Literal["lost", "open"]


class _Link(Struct, frozen=True):
    state: Literal["up", "down"]


_written = msgspec.json.Decoder(_Written).decode
_sms = msgspec.json.Decoder(_Sms).decode
_restart = msgspec.json.Decoder(_Restart).decode
_port = msgspec.json.Decoder(_Port).decode
_link = msgspec.json.Decoder(_Link).decode
_object = msgspec.json.Decoder(dict[str, Any]).decode


def read(line: bytes) -> Line:
    """Raises BadLine."""
    try:
        written = _written(line)
        return _reading(written) if written.do is None else _deed(written, line)
    except msgspec.ValidationError as error:
        raise BadLine("form", why=_place(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadLine("no_json") from None


def _place(error: msgspec.ValidationError) -> str:
    """What msgspec says, without a value: of a wrong word it would quote it."""
    said, _, path = str(error).partition(" - at `$.")
    said = "another word" if said.startswith("Invalid enum") else said
    return f"{path.rstrip('`')}: {said}" if path else said


def _reading(written: _Written) -> ReadingLine:
    at, received = written.at or written.received_at, written.received_at or written.at
    if at is None or received is None:
        raise BadLine("no_time")
    at_ms = _ms(at)
    kind = written.kind
    if kind is None or kind not in UNITS:
        raise BadLine("no_kind", kinds=", ".join(UNITS))
    if not written.wearer:
        raise BadLine("no_wearer")
    if written.unit is not None and written.unit != UNITS[kind]:
        raise BadLine("unit", kind=kind, unit=UNITS[kind] or "null")
    return ReadingLine(
        due_ms=at_ms if received is at else _ms(received),
        at_ms=at_ms,
        wearer=written.wearer,
        kind=kind,  # type: ignore[arg-type]  # it is one of them
        value=_value(kind, written.value),
        device=written.device or "",
        driver=written.driver or "",
        id=written.id or "",
        clock=written.clock or "synced",
        quality=written.quality or (),
        history=bool(written.history),
        rr_ms=written.rr_ms or (),
    )


def _ms(text: str) -> int:
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError):
        raise BadLine("bad_time") from None


NUMBERS = frozenset(
    {"heart_rate", "body_temperature", "skin_temperature", "oxygen_saturation", "respiratory_rate", "battery", "steps"}
)
HUGE = 1e12  # no person, no count of steps; infinite is not less
FLAGS = frozenset({"worn", "charging", "battery_low", "fall"})


def _value(kind: str, plain: Any) -> Value:
    """As its kind has it."""
    kind_of = type(plain)
    if kind in NUMBERS:
        if kind_of in (int, float) and abs(plain) < HUGE:
            return plain  # type: ignore[no-any-return]  # a number
    elif kind in FLAGS:
        if kind_of is bool and (plain or kind != "fall"):
            return plain  # type: ignore[no-any-return]  # true or false
    elif kind == "button":
        if plain in BUTTONS:
            return plain  # type: ignore[no-any-return]  # a word
    else:
        return _measured(kind, plain)
    raise BadLine("value", kind=kind)


def _measured(kind: str, plain: Any) -> Value:
    form: type[BloodPressure] | type[Position] = BloodPressure if kind == "blood_pressure" else Position
    try:
        return msgspec.convert(plain, form)
    except msgspec.ValidationError:
        raise BadLine("value", kind=kind) from None


def _deed(written: _Written, line: bytes) -> Deed:
    if written.do not in DEEDS:
        raise BadLine("no_deed", deeds=", ".join(DEEDS))
    if written.at is None:
        raise BadLine("deed_time")
    due_ms = _ms(written.at)
    match written.do:
        case "command":
            return CommandDeed(due_ms=due_ms, message=_object(line))
        case "sms":
            sms = _sms(line)
            return SmsDeed(due_ms=due_ms, sender=sms.sender, text=sms.text)
        case "restart":
            return RestartDeed(due_ms=due_ms, down_ms=_down_ms(_restart(line).down_s))
        case "port":
            port = _port(line)
            return PortDeed(due_ms=due_ms, name=port.name, state=port.state)
        case "link":
            return LinkDeed(due_ms=due_ms, state=_link(line).state)
        case "snapshot":
            return SnapshotDeed(due_ms=due_ms)
        case _:
            return WaitDeed(due_ms=due_ms)


def _down_ms(down_s: float) -> int:
    if not 0 <= down_s < math.inf:
        raise BadLine("down_s")
    return round(down_s * 1000)

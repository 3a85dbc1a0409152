"""Reads the vectors beside the drivers, and compares what a driver gives with what a vector promises.

A vectors file is TOML, `<driver's file>.toml`, with the name of its `driver`, `names` for long UUIDs, the `band` of those
dialogues that have none of their own, and these tables:

- `[[frame]]`: one input for a fresh driver. `hex`, or `text` for what can be read; `characteristic` (connections), or
  `model`, of whose memory it is; `key`, `address` (advertisements); `at`: the local time from which a date that it leaves
  open is counted; `expect`: all its measurements, in order on serial lines; `refused`: its reasons in order; `status`,
  `advertisements`;
- `[[sequence]]`: advertisements of one device, in order, through the deduplication of presses; `[[sequence.step]]`: `at_s`, and
  as a frame;
- `[[dialogue]]`: a conversation with a band, its first `order`, `context`, `clock`, `band` ("service/characteristic" ->
  properties); `[[dialogue.step]]`: see tests/drivers/band.py;
- `[[talk]]`: a conversation with a device at a serial line, `clock`, `step`: see tests/drivers/line.py;
- `[[said]]` and, of the hub, `[[command]]`: what the gateway says on a serial line.

In `expect` the kind and the value count, and: `device_time`, `age_s`, `history`, `quality`, `user_id` (left out: none),
`event`, `which` (left out: not compared). `source` says where a vector comes from, `meaning` is for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

import drivers
from drivers.driver import REASONS, Advertisement, CommandResult, Driver, Item, Refusal, Status, WriteBack
from drivers.measurement import UNITS, Measurement

FOLDER = Path(drivers.__file__).parent
Expected = dict[str, Any]


class Frame(Struct, kw_only=True, forbid_unknown_fields=True):
    """One input, alone."""

    name: str
    hex: str = ""
    text: str = ""
    characteristic: str = ""
    model: str = ""
    key: str = ""
    address: str = ""
    at: str = ""
    expect: list[Expected] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    status: dict[str, Any] | None = None
    advertisements: list[dict[str, Any]] = field(default_factory=list)
    source: str = ""

    def __post_init__(self) -> None:
        if self.text:
            self.hex, self.text = self.text.encode().hex(), ""

    @property
    def data(self) -> bytes:
        """The input."""
        return bytes.fromhex(self.hex)


class Step(Struct, kw_only=True, forbid_unknown_fields=True):
    """One advertisement of a sequence."""

    hex: str
    at_s: float = 0
    expect: list[Expected] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    meaning: str = ""


class Series(Struct, kw_only=True, forbid_unknown_fields=True):
    """Advertisements of one device, in order."""

    name: str
    step: list[Step]
    key: str = ""
    address: str = ""


class DialogueStep(Struct, kw_only=True, forbid_unknown_fields=True):
    """One step of a dialogue: `subscribes`, `reads`, `writes`, `sends`, `orders`, `tick_s`, `quiet_s`, `stored` or `ends`."""

    subscribes: str = ""
    how: str = ""
    reads: str = ""
    answer: str = ""
    writes: str = ""
    sends: str = ""
    data: str = ""
    orders: dict[str, Any] = field(default_factory=dict)
    clock: str = ""
    tick_s: float = 0
    quiet_s: float = 0
    stored: bool = False
    ends: bool = False
    fails: bool = False
    optional: bool = False
    expect: list[Expected] | None = None
    refused: list[str] = field(default_factory=list)
    status: dict[str, Any] | None = None
    answered: dict[str, str] = field(default_factory=dict)
    learnt: dict[str, Any] = field(default_factory=dict)
    clock_ahead_s: float | None = None
    pair_again: str = ""
    meaning: str = ""


class Dialogue(Struct, kw_only=True, forbid_unknown_fields=True):
    """A conversation against a band that the test plays. Where the clock does not count, it may be set to any time."""

    name: str
    order: dict[str, Any]
    step: list[DialogueStep]
    context: dict[str, Any] = field(default_factory=dict)
    band: dict[str, list[str]] = field(default_factory=dict)
    clock: str | None = None
    clock_counts: bool = True


class LineStep(Struct, kw_only=True, forbid_unknown_fields=True):
    """One step of a talk: one of `sent`, `comes` (hex), `orders`, `passes_s`, `store`, `answer`; what was told meanwhile."""

    sent: str = ""
    comes: str = ""
    orders: dict[str, Any] = field(default_factory=dict)
    passes_s: float = 0
    store: bool | None = None
    answer: str = ""
    expect: list[Expected] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class LineDialogue(Struct, kw_only=True, forbid_unknown_fields=True):
    """A conversation against a device at a serial line that the test plays."""

    name: str
    step: list[LineStep]
    clock: str | None = None
    source: str = ""


class Said(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said to a device at a serial line."""

    name: str
    hex: str


class Command(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said to a hub."""

    name: str
    does: str
    command: int
    address: str
    hex: str
    text: str = ""


class Vectors(Struct, kw_only=True, forbid_unknown_fields=True):
    """One file."""

    driver: str
    names: dict[str, str] = field(default_factory=dict)
    band: dict[str, list[str]] = field(default_factory=dict)
    frame: list[Frame] = field(default_factory=list)
    sequence: list[Series] = field(default_factory=list)
    dialogue: list[Dialogue] = field(default_factory=list)
    talk: list[LineDialogue] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    command: list[Command] = field(default_factory=list)


def read(path: Path) -> Vectors:
    """One vectors file."""
    vectors = msgspec.toml.decode(path.read_bytes(), type=Vectors)

    def named(uuid: str) -> str:
        return vectors.names.get(uuid, uuid)

    for frame in vectors.frame:
        frame.characteristic = named(frame.characteristic)
    for dialogue in vectors.dialogue:
        band = dialogue.band or vectors.band
        dialogue.band = {"/".join(map(named, where.split("/"))): how for where, how in band.items()}
        for step in dialogue.step:
            step.subscribes, step.reads = named(step.subscribes), named(step.reads)
            step.writes, step.sends = named(step.writes), named(step.sends)
    return vectors


ALL = [read(path) for path in sorted(FOLDER.glob("**/*.toml"))]
BY_DRIVER = {vectors.driver: vectors for vectors in ALL}


def frames() -> Iterator[tuple[Driver, Frame]]:
    """Every frame with its driver."""
    for vectors in ALL:
        for frame in vectors.frame:
            yield drivers.driver(vectors.driver), frame


# --- comparing ----------------------------------------------------------------------------------------------------------

OPTICAL = "questionable:optical"  # all pressures of a band without a cuff have it: it may be left out
ALWAYS_COMPARED: dict[str, object] = {"device_time": None, "age_s": 0, "history": False, "quality": [], "user_id": None}


def same(found: Sequence[Measurement], expected: Sequence[Expected], *, in_order: bool = False) -> bool:
    """Whether exactly these were found."""
    told = [{**msgspec.to_builtins(measurement), "unit": measurement.unit} for measurement in found]
    return same_told(told, expected, in_order=in_order)


def same_told(found: Sequence[Mapping[str, Any]], expected: Sequence[Expected], *, in_order: bool = False) -> bool:
    """The same, of measurements as they are printed."""
    if len(found) != len(expected):
        return False
    if in_order:
        return all(_is(told, one) for told, one in zip(found, expected, strict=True))
    left = list(expected)
    for told in found:
        fitting = next((one for one in left if _is(told, one)), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return True


def _is(told: Mapping[str, Any], expected: Expected) -> bool:
    wanted = {**ALWAYS_COMPARED, "unit": UNITS[told["kind"]], **expected}
    found = {**ALWAYS_COMPARED, **told}
    if OPTICAL not in wanted["quality"]:
        found["quality"] = [word for word in found["quality"] if word != OPTICAL]
    return all(equal(found.get(key), value) for key, value in wanted.items())


def equal(told: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one: numbers to within 1e-6, lists in any order."""
    if isinstance(wanted, dict):
        return isinstance(told, dict) and told.keys() == wanted.keys() and all(equal(told[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list | tuple):
        return sorted(told) == sorted(wanted)
    if isinstance(wanted, bool) or isinstance(told, bool) or not isinstance(wanted, int | float):
        return bool(told == wanted) and type(told) is type(wanted)
    return isinstance(told, int | float) and abs(told - wanted) <= 1e-6 * max(1, abs(wanted))


# --- what a stream gives, sorted by what it is ----------------------------------------------------------------------------


class Streamed(Struct):
    """What came out of a serial stream."""

    measurements: list[Measurement]
    refused: list[str]
    status: dict[str, Any]
    advertisements: list[dict[str, Any]]


def sort(items: Iterable[Item]) -> Streamed:
    """Sorts the items of a stream by what they are."""
    out = Streamed([], [], {}, [])
    for item in items:
        if isinstance(item, Measurement):
            out.measurements.append(item)
        elif isinstance(item, Refusal):
            assert item.reason in REASONS
            out.refused.append(item.reason)
        elif isinstance(item, Advertisement):
            out.advertisements.append(shown(item))
        elif isinstance(item, Status):
            out.status |= item.fields
        elif isinstance(item, CommandResult):
            out.status |= {"command": item.command, "result": item.code}
        elif isinstance(item, WriteBack):
            out.status |= {"reply": item.data.decode("latin-1")}
    return out


def shown(advertisement: Advertisement) -> dict[str, Any]:
    """An advertisement as a vector writes it."""
    told: Mapping[str, Any] = {
        "address": advertisement.address,
        "address_type": advertisement.address_type or None,
        "rssi": advertisement.rssi,
        **({"data": advertisement.data.hex()} if advertisement.shown_as is None else advertisement.shown_as),
    }
    return {key: value for key, value in told.items() if value is not None}

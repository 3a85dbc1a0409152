"""Targets: files that somebody hands over or that a kill has cut: recordings, lines to be replayed, the tail of a store."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from drivers.measurement import BUTTONS, UNITS
from gateway.errors import FaultySettings
from gateway.language import Language
from gateway.replay.lines import DEEDS, BadLine
from gateway.replay.source import Source
from gateway.sources.playback import frames
from gateway.sources.recording import RecordedFrame, RecordingHead
from gateway.store.tail import Tail
from gateway.words.replay import BAD_LINES
from tests.fuzzing.built_json import PLAIN, json_of
from tests.fuzzing.target import Target
from tests.gateway.replay.played import deed, press, reading

LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")
RECORDED = (
    '{"recording":1',
    *RecordingHead.__struct_fields__,
    *RecordedFrame.__struct_encode_fields__,
    "line",
    "advertisement",
    "value",
)
FIELDS = (
    *(
        "do",
        "at",
        "received_at",
        "wearer",
        "device",
        "driver",
        "kind",
        "value",
        "unit",
        "id",
        "clock",
        "quality",
        "history",
        "rr_ms",
    ),
    *(
        "down_s",
        "name",
        "state",
        "from",
        "text",
        "lost",
        "systolic",
        "diastolic",
        "latitude",
        "longitude",
        "accuracy_m",
        "mean",
    ),
)
REPLAYED = (*UNITS, *DEEDS, *BUTTONS, *FIELDS, "2026-11-23T03:00:05Z", "1e999")


def targets() -> list[Target]:
    """Three."""
    return [
        Target(name="recording", take=_recording, seeds=_recordings, words=RECORDED, longest=2_000),
        Target(name="replay-lines", take=_replay, seeds=_lines, words=REPLAYED, longest=1_000),
        Target(name="store-tail", take=_tail, seeds=_tails, longest=1_000),
    ]


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """One of this process; it goes with it."""
    return tempfile.TemporaryDirectory(prefix="lifering-fuzz-")


def _file(name: str, data: bytes) -> Path:
    path = Path(_folder().name) / name
    path.write_bytes(data)
    return path


# --- a recording ------------------------------------------------------------------------------------------------------------


def _recording(data: bytes) -> None:
    """It is none, or each line is a frame or one that was cut off; the time goes on, and never back."""
    lines = sum(bool(line.strip()) for line in data.split(b"\n"))
    try:
        found = list(frames(_file("recording.jsonl", data)))
    except FaultySettings:
        return
    assert len(found) < max(lines, 1)
    for _, frame in found:
        if frame is not None:
            bytes.fromhex(frame.data)


def _recordings() -> Sequence[bytes]:
    head = msgspec.json.encode(RecordingHead(gateway="xishan-01", at="2026-11-23T03:21:09.120Z", notice=""))
    told = [
        RecordedFrame(s=0.1, at="2026-11-23T03:21:09Z", source="line", port="hall-hub", driver="serial-hub", data="a55a"),
        RecordedFrame(
            s=0.2, at="", source="advertisement", adapter="hci0", address="C0:FF:EE:00:00:01", rssi=-61, data="020106"
        ),
        RecordedFrame(s=0.3, at="", source="value", address="C0:FF:EE:00:00:01", characteristic="2a37", data="0647"),
    ]
    lines = [head, *map(msgspec.json.encode, told)]
    return [
        b"\n".join(lines),
        b"\n".join((*lines[:2], lines[0], *lines[1:])),
        lines[0],
        b"\n".join((head, b"{", lines[1][:30])),
    ]


# --- lines to be replayed ---------------------------------------------------------------------------------------------------


def _replay(data: bytes) -> None:
    """Each line that is not empty is a reading, a deed, or told as a mistake in both languages; none vanishes."""
    data = json_of(data, REPLAYED)
    found = list(Source(io.BytesIO(data)).lines())
    assert len(found) == sum(not line.isspace() for line in io.BytesIO(data))
    for _, line in found:
        if isinstance(line, BadLine):
            for language in LANGUAGES:
                assert BAD_LINES[line.code].of(language).format(**line.facts).isprintable()
        else:
            msgspec.json.encode(line)


def _lines() -> Sequence[bytes]:
    told = [
        press(0),
        reading(1, "heart_rate", 70, quality=["invalid:no_contact"], rr_ms=[800], history=True, clock="unsynced"),
        reading(2, "blood_pressure", {"systolic": 120, "diastolic": 80, "pulse": 70}),
        reading(3, "position", {"latitude": 31.2, "longitude": 121.5, "accuracy_m": 5}),
        reading(4, "worn", False, device="C0:FF:EE:00:00:01", driver="serial-hub", id="a", unit=None),
        reading(5, "body_temperature", 36.6, unit="Cel", received_at="2026-11-23T03:00:05Z"),
        deed(6, "sms", **{"from": "+8613800138000", "text": "1"}),
        deed(7, "restart", down_s=5),
        deed(8, "port", name="hall-hub", state="lost"),
        deed(9, "link", state="down"),
        deed(10, "command", verb="acknowledge", args={}, actor="n"),
        deed(11, "wait"),
        deed(12, "snapshot"),
    ]
    lines = [json.dumps(one).encode() for one in told]
    return [PLAIN + line for line in (*lines, b"\n".join(lines[:3]) + b"\n\n{\n")]


# --- the tail of a store ----------------------------------------------------------------------------------------------------


def _tail(data: bytes) -> None:
    """What a kill left is read as far as it is whole; what is written is read as it was."""
    tail = Tail(Path(_folder().name))
    tail.clear()
    _file("readings.tail-0", data)
    rows = tail.rows()
    if rows:
        tail.clear()
        tail.write(rows)
        assert tail.rows() == rows


def _tails() -> Sequence[bytes]:
    tail = Tail(Path(_folder().name))
    tail.clear()
    tail.write([(17, "xishan-01/1", 1_795_500_000_000, "boot-one", b'{"id":"xishan-01/1/17"}'), (18, "", 0, "", b"")])
    return [(Path(_folder().name) / "readings.tail-0").read_bytes(), b""]

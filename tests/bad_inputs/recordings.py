"""Recordings that are played back."""

from __future__ import annotations

from pathlib import Path

from gateway.errors import FaultySettings
from gateway.sources.playback import frames

KIND, PARSER = "a recording", "gateway/sources/playback.py"
HEAD = b'{"recording":1,"gateway":"xishan-01","at":"2026-11-23T03:21:09.120Z","notice":""}\n'
GOOD = b'{"s":0.1,"at":"","source":"line","port":"hall-hub","driver":"serial-hub","bytes":"a55a"}\n'

_NONE: dict[str, bytes] = {
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "zeros": bytes(1_000),
    "frames without a head": GOOD + HEAD,
    "a head of another version": HEAD.replace(b":1,", b":2,") + GOOD,
    "readings": b'{"wearer":"W-1","kind":"heart_rate","value":70}\n',
}
_LINES: dict[str, bytes] = {
    "half a frame": GOOD[:40],
    "no JSON": b"hello",
    "no UTF-8": GOOD.strip().replace(b"hall", b"\xff"),
    "an odd digit": GOOD.strip().replace(b"a55a", b"a55"),
    "digits that are none": GOOD.strip().replace(b"a55a", b"xyzz"),
    "no source": GOOD.strip().replace(b'"source":"line",', b""),
    "a source that is none": GOOD.strip().replace(b'"line"', b'"dream"'),
    "a time that is a text": GOOD.strip().replace(b"0.1", b'"soon"'),
    "a signal that is a text": GOOD.strip().replace(b'"port"', b'"rssi":"loud","port"'),
    "so deep that a parser falls over": b'{"s":' + b"[" * 30_000,
}
INPUTS: dict[str, bytes] = {**_NONE, **{name: HEAD + GOOD + line + b"\n" + GOOD for name, line in _LINES.items()}}


def said(planted: bytes, folder: Path) -> str:
    """It is no recording, in words; or the line is skipped and counted, and the frames around it are played."""
    path = folder / "recording.jsonl"
    path.write_bytes(planted)
    try:
        found = [frame for _, frame in frames(path)]
    except FaultySettings as faulty:
        return faulty.mistakes[0].code
    assert [frame is None for frame in found] == [False, True, False], found
    return "skipped"

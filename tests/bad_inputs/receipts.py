"""Receipts of the platform."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.formats.format import RECEIPTS, Receipts, Unreadable
from gateway.formats.native import NativeFormat

KIND, PARSER = "a receipt", "gateway/formats/native_down.py"
FORMAT = NativeFormat("xishan-01")
GOOD = "xishan-01/1/17"


def _json(**fields: object) -> bytes:
    return json.dumps({"ids": [GOOD], "status": "ok"} | fields).encode()


INPUTS: dict[str, bytes] = {
    "nothing": b"",
    "a word": b"ok",
    "half of it": _json()[:20],
    "no UTF-8": b'{"ids": ["\xff"], "status": "ok"}',
    "UTF-16": _json().decode().encode("utf-16"),
    "a list": b'["xishan-01/1/17"]',
    "null": b"null",
    "longer than a packet may be": _json(note="x" * 300_000),
    "so deep that a parser falls over": b'{"ids":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "two objects": _json() + _json(),
    "a number without an end": b'{"ids": [1e999], "status": "ok"}',
    "half a surrogate pair": b'{"ids": ["\\ud800"], "status": "ok"}',
    "no ids": b'{"status": "ok"}',
    "no status": b'{"ids": ["xishan-01/1/17"]}',
    "a status that is none": _json(status="perhaps"),
    "a status of null": _json(status=None),
    "a status that is a list": _json(status=["accepted"]),
    "ids that are a text": _json(ids=GOOD),
    "ids that are an object": _json(ids={GOOD: True}),
    "ids of null": _json(ids=None),
    "an id that is a number": _json(ids=[17, GOOD]),
    "an id that is empty": _json(ids=["", GOOD]),
    "an id of 129 characters": _json(ids=["x" * 129, GOOD]),
    "an id that is a list": _json(ids=[[GOOD], GOOD]),
    "an id that is an object": _json(ids=[{"id": GOOD}, GOOD]),
    "an id of null": _json(ids=[None, GOOD]),
    "an id that is true": _json(ids=[True, GOOD]),
}


def said(planted: bytes, folder: Path) -> str:
    """It is unreadable, and why; or the good ids of it count, and how many of them do not is told."""
    heard = FORMAT.inbound(FORMAT.subscriptions[RECEIPTS], planted)
    good = FORMAT.inbound(FORMAT.subscriptions[RECEIPTS], _json())
    assert isinstance(good, Receipts)
    assert good.readings == [GOOD]
    if isinstance(heard, Unreadable):
        return heard.why
    assert isinstance(heard, Receipts)
    assert heard.readings == [GOOD]
    return heard.unreadable

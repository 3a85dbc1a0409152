"""The last figures of the commands that do faults: `docs/reliability/NAME.json`, one file a command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.json_file import encoded
from tests.reliability.stamp import ROOT, Stamp

FOLDER = ROOT / "docs" / "reliability"


class Row(Struct, kw_only=True, forbid_unknown_fields=True):
    """One fault, tried so often. What must not be is counted; `other` is every other broken promise."""

    name: str
    tried: int
    alerts_lost: int = 0
    two_contents: int = 0  # ids under which two contents came
    starts_refused: int = 0
    other: int = 0
    skipped: int = 0  # what this machine does not let us try; it is no part of `tried`
    said: str = ""  # what else was seen, in a few words
    kind: str = ""  # with `promise`, where no test stands for it
    promise: str = ""


class Planted(Struct, kw_only=True, forbid_unknown_fields=True):
    """A fault that was put into the product on purpose, and what found it."""

    fault: str
    where: str  # the file of the product
    found_by: str  # a test's node id, or a command; empty: by nobody
    after: str = ""  # "seed 17", "7th kill"


class Input(Struct, kw_only=True, forbid_unknown_fields=True):
    """One class of bad input. `handled`: refused with a reason or counted; no crash, no hang, nothing damaged."""

    kind: str  # of the class: "bits of a file", "a plug-in", "a frame" ...
    parser: str
    tried: int
    handled: int
    said: str = ""  # "30 minutes, 4,312 edges"


class Bands(Struct, kw_only=True, forbid_unknown_fields=True):
    """One kind of band in the fleet. `said`: messages that they sent; `arrived`: readings at the platform; `refused`: as the
    gateway counts them; `sure`: presses that somebody surely heard, `told`: those that became an alert."""

    kind: str
    bands: int
    said: int
    arrived: int
    refused: int
    presses: int
    sure: int
    told: int


class Figures(Struct, kw_only=True, forbid_unknown_fields=True):
    """One run of one command."""

    command: str
    made: Stamp
    took_s: float
    rows: list[Row] = []
    planted: list[Planted] = []
    inputs: list[Input] = []
    bands: list[Bands] = []


def write(name: str, figures: Figures) -> Path:
    """In the place of the last ones, and says so: the tree is changed by it, and the page is not yet."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_bytes(encoded(figures))
    print(f"written: docs/reliability/{path.name}; ./dev reliability-page takes it onto the page", file=sys.stderr)
    return path


def read() -> Mapping[str, Figures]:
    """All that are there, by name."""
    paths = sorted(FOLDER.glob("*.json"))
    return {path.stem: msgspec.json.decode(path.read_bytes(), type=Figures) for path in paths}

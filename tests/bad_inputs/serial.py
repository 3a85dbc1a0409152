"""Bytes of serial lines."""

from __future__ import annotations

from pathlib import Path

from drivers.driver import SerialDriver
from tests.bad_inputs.frames import CUT, NOISE, Bad, bad, refused

KIND, PARSER = "bytes of a serial line", "drivers/serial_line/"
INPUTS: dict[str, Bad] = bad(SerialDriver, {**CUT, "noise": lambda _data: NOISE})


def said(planted: Bad, folder: Path) -> str:
    """It is refused with a reason; the good one behind it is decoded."""
    return refused(planted)

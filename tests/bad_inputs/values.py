"""Values of connected bands."""

from __future__ import annotations

from pathlib import Path

from drivers.driver import ConnectionDriver
from tests.bad_inputs.frames import CUT, OTHERS, Bad, bad, refused

KIND, PARSER = "a value of a connected band", "drivers/bands/, drivers/standard/"
INPUTS: dict[str, Bad] = bad(ConnectionDriver, {**CUT, **OTHERS})


def said(planted: Bad, folder: Path) -> str:
    """It is refused with a reason; the good one behind it is decoded."""
    return refused(planted)

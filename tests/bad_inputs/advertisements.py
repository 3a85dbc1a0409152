"""Advertisements."""

from __future__ import annotations

from pathlib import Path

from drivers.driver import AdvertisementDriver
from tests.bad_inputs.frames import CUT, OTHERS, Bad, bad, refused

KIND, PARSER = "an advertisement", "drivers/advertisements/"
INPUTS: dict[str, Bad] = bad(AdvertisementDriver, {**CUT, **OTHERS})


def said(planted: Bad, folder: Path) -> str:
    """It is refused with a reason; the good one behind it is decoded."""
    return refused(planted)

"""Plug-ins: packages that bring drivers."""

from __future__ import annotations

import sys
from pathlib import Path

import drivers

KIND, PARSER = "a plug-in", "drivers/__init__.py"
BEFORE = """\
from msgspec.structs import replace
from drivers.advertisements.bthome import DRIVER as BTHOME
from drivers.serial_line.serial_hub import DRIVER as HUB
from drivers import driver
STRAP = driver("ble-heart-rate")
"""

# What stands behind the imports of a module; its DRIVER is the plug-in.
INPUTS: dict[str, str] = {
    "nothing is there": "",
    "it is no Python": "def def\n",
    "it has a NUL": "DRIVER = 1\0\n",
    "it raises": "raise RuntimeError('no licence')\n",
    "it exits": "raise SystemExit(0)\n",
    "it is cancelled": "import asyncio\nraise asyncio.CancelledError\n",
    "it imports what is not there": "import no_such_module\n",
    "it raises what has no words": "class E(Exception):\n    def __str__(self): raise self\nraise E\n",
    "it never ends": "import time\nwhile True: time.sleep(0.01)\n",
    "it calls itself without end": "def f(): f()\nf()\n",
    "None": "DRIVER = None\n",
    "a text": "DRIVER = 'bthome'\n",
    "a class": "DRIVER = type(BTHOME)\n",
    "no name": "DRIVER = replace(BTHOME, name=None)\n",
    "an empty name": "DRIVER = replace(BTHOME, name='')\n",
    "a name with a line end": "DRIVER = replace(BTHOME, name='a\\nb')\n",
    "a name of 41 letters": "DRIVER = replace(BTHOME, name='a' * 41)\n",
    "a name in capitals": "DRIVER = replace(BTHOME, name='MyBand')\n",
    "our name": "DRIVER = BTHOME\n",
    "no title": "DRIVER = replace(BTHOME, name='my-band', title=None)\n",
    "a kind that is none": "DRIVER = replace(BTHOME, name='my-band', measures=('mood',))\n",
    "no kinds": "DRIVER = replace(BTHOME, name='my-band', measures=None)\n",
    "a decode that is none": "DRIVER = replace(BTHOME, name='my-band', decode=5)\n",
    "services that are words": "DRIVER = replace(BTHOME, name='my-band', services=('180d',))\n",
    "companies that are no tuple": "DRIVER = replace(BTHOME, name='my-band', companies=5)\n",
    "presses that are none": "DRIVER = replace(BTHOME, name='my-band', presses=None)\n",
    "a sensor that is none": "DRIVER = replace(BTHOME, name='my-band', sensor='wrist')\n",
    "a converse that is none": "DRIVER = replace(STRAP, name='my-band', converse=None)\n",
    "a service that is no UUID": "DRIVER = replace(STRAP, name='my-band', services=('heart',))\n",
    "a visit of nothing": "DRIVER = replace(STRAP, name='my-band', visit=())\n",
    "a silence without end": "DRIVER = replace(STRAP, name='my-band', silence_s=float('nan'))\n",
    "a decoder that is none": "DRIVER = replace(HUB, name='my-band', decoder=None)\n",
    "baud 0": "DRIVER = replace(HUB, name='my-band', baud=0)\n",
    "baud that is a text": "DRIVER = replace(HUB, name='my-band', baud='fast')\n",
    "repeats that are none": "DRIVER = replace(HUB, name='my-band', repeats_s='often')\n",
}
GOOD = "DRIVER = replace(BTHOME, name='good-band')\n"


def said(planted: str, folder: Path) -> str:
    """It is named as broken, and why, on one line; ours stay, and the good one beside it is there."""
    modules = {"planted_module": BEFORE + planted, "good_module": BEFORE + GOOD}
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    info = folder / "planted-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n")
    entries = "".join(f"{name.partition('_')[0]} = {name}:DRIVER\n" for name in modules)
    (info / "entry_points.txt").write_text(f"[lifering.drivers]\n{entries}")
    sys.path.insert(0, str(folder))
    drivers.plug_ins.cache_clear()
    try:
        found = drivers.plug_ins()
    finally:
        sys.path.remove(str(folder))
        drivers.plug_ins.cache_clear()
        for name in modules:
            sys.modules.pop(name, None)
    assert [driver.name for driver in found.drivers] == ["good-band"]
    why = found.broken["planted (planted_module:DRIVER)"]
    assert "\n" not in why
    return why

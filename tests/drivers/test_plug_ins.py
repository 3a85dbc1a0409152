"""Other packages bring drivers of their own; a broken one is named, and harms nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import drivers

ENTRY_POINTS = """\
[lifering.drivers]
my-band = my_band:DRIVER
breaks = my_breaks:DRIVER
is-no-driver = my_band:NAME
takes-our-name = my_band:IMPOSTOR
"""
MY_BAND = """\
from msgspec.structs import replace

from drivers.advertisements.bthome import DRIVER as BTHOME

NAME = "my-band"
DRIVER = replace(BTHOME, name=NAME, services=(0xFEED,))
IMPOSTOR = BTHOME
"""


@pytest.fixture
def other_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package with drivers, good and bad."""
    (tmp_path / "my_band.py").write_text(MY_BAND)
    (tmp_path / "my_breaks.py").write_text("raise RuntimeError('no licence')\n")
    info = tmp_path / "my_band-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-band\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    drivers.plug_ins.cache_clear()
    yield
    drivers.plug_ins.cache_clear()


@pytest.mark.usefixtures("other_package")
def test_a_driver_of_another_package_is_found_by_its_name() -> None:
    assert drivers.driver("my-band").name == "my-band"
    assert [driver.name for driver in drivers.all_drivers()] == [*(driver.name for driver in drivers.DRIVERS), "my-band"]


@pytest.mark.usefixtures("other_package")
def test_broken_ones_are_named_with_the_reason_and_ours_stay() -> None:
    broken = drivers.plug_ins().broken

    assert broken["breaks (my_breaks:DRIVER)"] == "RuntimeError: no licence"
    assert "a driver is needed" in broken["is-no-driver (my_band:NAME)"]
    assert "there is a driver 'bthome' already" in broken["takes-our-name (my_band:IMPOSTOR)"]
    assert drivers.driver("bthome") is drivers.bthome.DRIVER


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(LookupError, match=r"no driver 'bt-home'\. Did you mean bthome\?"):
        drivers.driver("bt-home")


def test_without_a_near_name_all_are_named() -> None:
    with pytest.raises(LookupError, match="There are: ble-heart-rate, ble-blood-pressure"):
        drivers.driver("xyz")


def test_the_large_cipher_library_is_only_loaded_for_a_key() -> None:
    code = "import sys, drivers; sys.exit('cryptography' in sys.modules or 'importlib.metadata' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

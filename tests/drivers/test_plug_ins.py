"""Other packages bring drivers of their own; a broken one is named, and harms nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import drivers
from gateway import cli
from gateway.words.command_line import DRIVERS

ENTRY_POINTS = """\
[lifering.drivers]
my-band = my_band:DRIVER
breaks = my_breaks:DRIVER
gives-up = my_exit:DRIVER
is-no-driver = my_band:NAME
is-nowhere = my_nothing:DRIVER
is-no-name = nothing at all
has-no-name = my_band:NAMELESS
measures-nothing-known = my_band:MOOD_RING
measures-nothing = my_band:MEASURES_NOTHING
takes-our-name = my_band:IMPOSTOR
takes-the-name-again = my_band:DRIVER
"""
MY_BAND = """\
from msgspec.structs import replace

from drivers.advertisements.bthome import DRIVER as BTHOME

NAME = "my-band"
DRIVER = replace(BTHOME, name=NAME, services=(0xFEED,))
IMPOSTOR = BTHOME
NAMELESS = replace(BTHOME, name=None)
MOOD_RING = replace(BTHOME, name="mood-ring", measures=("mood",))
MEASURES_NOTHING = replace(BTHOME, name="measures-nothing", measures=None)
"""


@pytest.fixture
def other_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package with drivers, good and bad."""
    (tmp_path / "my_band.py").write_text(MY_BAND)
    (tmp_path / "my_breaks.py").write_text("raise RuntimeError('no licence')\n")
    (tmp_path / "my_exit.py").write_text("raise SystemExit('no licence')\n")
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
@pytest.mark.fault("plug-ins", "a package whose driver does not load", promise="named with the reason; ours stay")
def test_broken_ones_are_named_with_the_reason_and_ours_stay() -> None:
    broken = drivers.plug_ins().broken

    assert broken.pop("breaks (my_breaks:DRIVER)") == "RuntimeError: no licence"
    assert broken.pop("gives-up (my_exit:DRIVER)") == "SystemExit: no licence"
    assert "a driver is needed" in broken.pop("is-no-driver (my_band:NAME)")
    assert "No module named 'my_nothing'" in broken.pop("is-nowhere (my_nothing:DRIVER)")
    assert "must be text" in broken.pop("has-no-name (my_band:NAMELESS)")
    assert "it measures mood; there are heart_rate" in broken.pop("measures-nothing-known (my_band:MOOD_RING)")
    assert "there is a driver 'bthome' already" in broken.pop("takes-our-name (my_band:IMPOSTOR)")
    assert "there is a driver 'my-band' already" in broken.pop("takes-the-name-again (my_band:DRIVER)")
    assert set(broken) == {"is-no-name (nothing at all)", "measures-nothing (my_band:MEASURES_NOTHING)"}
    assert drivers.driver("bthome") in drivers.DRIVERS


@pytest.mark.usefixtures("other_package")
def test_lifering_drivers_lists_the_good_one_and_names_the_broken_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drivers"]) == 0

    told = capsys.readouterr()
    assert "my-band " in told.out
    assert all(driver.name in told.out for driver in drivers.DRIVERS)
    broken = DRIVERS["broken"]  # in the language of this machine's own gateway, where it has one
    for entry, why in drivers.plug_ins().broken.items():
        assert any(words.format(name=entry, why=why) in told.err for words in (broken.english, broken.chinese))


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(LookupError, match=r"no driver 'bt-home'\. Did you mean bthome\?"):
        drivers.driver("bt-home")


def test_without_a_near_name_all_are_named() -> None:
    with pytest.raises(LookupError, match="There are: ble-heart-rate, ble-blood-pressure"):
        drivers.driver("xyz")


def test_the_large_cipher_library_is_only_loaded_for_a_key() -> None:
    code = "import sys, drivers; sys.exit('cryptography' in sys.modules or 'importlib.metadata' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

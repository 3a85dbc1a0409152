"""The daemon with drivers of other packages: a good one serves a band, those that break or hang are named and harm nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.drivers.writing_a_driver import DRIVER, example, write

PENDANT, HANGING = "C0:FF:EE:00:00:77", "C0:FF:EE:00:00:78"
PRESSED = bytes.fromhex("05fffeff0150")
PACKAGES = {
    "example_one.py": example()[DRIVER],
    "no_licence.py": "raise SystemExit('no licence')\n",
    "too_old.py": "from drivers.driver import WristbandDriver\n",
    "no_driver.py": "DRIVER = 'a driver'\n",
    "hangs_at_import.py": "while True:\n    pass\n",
    "never_back.py": (
        "import itertools\n"
        "from msgspec.structs import replace\n"
        "import example_one\n"
        "def decode(advertisement, key):\n"
        "    for _ in itertools.count():\n"
        "        pass\n"
        "DRIVER = replace(example_one.DRIVER, name='never-back', companies=(0xFFFD,), decode=decode)\n"
    ),
    "mood_ring.py": (
        "from msgspec.structs import replace\n"
        "import example_one\n"
        "DRIVER = replace(example_one.DRIVER, name='mood-ring', measures=('mood',))\n"
    ),
}
ELSEWHERE = (
    "import sys\nif sys.argv[0] != '-c':\n    raise ImportError('not in this process')\n"  # but in the one that reads the file
)
PACKAGES |= {
    "elsewhere.py": ELSEWHERE
    + "from msgspec.structs import replace\nimport example_one\n"
    + "DRIVER = replace(example_one.DRIVER, name='elsewhere', companies=(0xFFFC,))\n",
    "elsewhere_hub.py": ELSEWHERE
    + "import drivers\nfrom msgspec.structs import replace\n"
    + "DRIVER = replace(drivers.driver('serial-hub'), name='elsewhere-hub')\n",
}
ENTRY_POINTS = "[lifering.drivers]\n" + "".join(
    f"{name.removesuffix('.py').replace('_', '-')} = {name.removesuffix('.py')}:DRIVER\n" for name in PACKAGES
)


@pytest.fixture
def plug_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One good driver, broken ones and two that hang, installed for the processes that the test starts."""
    site = tmp_path / "site"
    write(site, PACKAGES)
    metadata = "Metadata-Version: 2.1\nName: other-drivers\nVersion: 1.0\n"
    write(site / "other_drivers-1.0.dist-info", {"METADATA": metadata, "entry_points.txt": ENTRY_POINTS})
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)


@pytest.mark.usefixtures("plug_ins")
@pytest.mark.fault(
    "plug-ins", "plug-ins that do not load, raise, or never come back", promise="bands of other drivers are served"
)
async def test_a_band_is_served_by_a_good_plug_in_beside_broken_ones_and_ones_that_hang(
    stopped_daemon: Daemon, platform: Platform, hub: FakeHub, roster: list[Band]
) -> None:
    daemon = stopped_daemon
    daemon.config += f'[[wristband]]\naddress = "{PENDANT}"\ndriver = "example-one"\nwearer = "W-077"\nroom = "1-077"\n'
    daemon.config += f'[[wristband]]\naddress = "{HANGING}"\ndriver = "never-back"\nwearer = "W-078"\nroom = "1-078"\n'
    await daemon.start()

    hub.advertises(HANGING, PRESSED)
    hub.advertises(PENDANT, PRESSED)
    hub.says(roster[0].address, heart_rate=70)

    alert = await platform.alert(kind="sos")
    assert (alert["wearer"], alert["device"]) == ("W-077", PENDANT)
    await platform.wait_for(lambda: ("heart_rate", 70) in told(platform))
    assert ("battery", 80) in told(platform)
    elsewhere = {f"{name} ({name.replace('-', '_')}:DRIVER)" for name in ("elsewhere", "elsewhere-hub")}
    assert {plug_in: why for plug_in, why in broken(daemon).items() if plug_in not in elsewhere} == {
        "no-licence (no_licence:DRIVER)": "SystemExit: no licence",
        "too-old (too_old:DRIVER)": "ImportError: cannot import name 'WristbandDriver' from 'drivers.driver'",
        "no-driver (no_driver:DRIVER)": "TypeError: it names a str, a driver is needed",
        "hangs-at-import (hangs_at_import:DRIVER)": "Blocked: it did not come back in time",
        "mood-ring (mood_ring:DRIVER)": "ValueError: it measures mood; there are heart_rate, blood_pressure",
    }
    (off,) = [event for event in daemon.log() if event["event"] == "driver switched off"]
    assert (off["driver"], off["level"]) == ("never-back", "error")
    assert off["why"].startswith("Blocked at never_back.py:")


@pytest.mark.usefixtures("plug_ins")
@pytest.mark.fault(
    "plug-ins",
    "plug-ins that could be had when the configuration was read, and not by the gateway",
    promise="bands of other drivers are served",
)
async def test_a_band_is_served_beside_bands_and_ports_of_plug_ins_that_only_the_configuration_could_load(
    stopped_daemon: Daemon, platform: Platform, hub: FakeHub, roster: list[Band]
) -> None:
    daemon = stopped_daemon
    daemon.config += f'[[wristband]]\naddress = "{PENDANT}"\ndriver = "elsewhere"\nwearer = "W-077"\nroom = "1-077"\n'
    daemon.config += '[[serial]]\nname = "other"\nport = "/dev/other"\ndriver = "elsewhere-hub"\n'
    await daemon.start()

    hub.says(roster[0].address, heart_rate=70)

    await platform.wait_for(lambda: ("heart_rate", 70) in told(platform))
    assert broken(daemon)["elsewhere (elsewhere:DRIVER)"] == "ImportError: not in this process"
    assert "elsewhere-hub (elsewhere_hub:DRIVER)" in broken(daemon)


def told(platform: Platform) -> list[tuple[str, object]]:
    return [(reading["kind"], reading["value"]) for reading in platform.consumer.readings()]


def broken(daemon: Daemon) -> dict[str, str]:
    """The plug-ins that its log calls broken, and why: the beginning, for the rest is a path or a list."""
    events = [event for event in daemon.log() if event["event"] == "a driver of another package is broken"]
    assert {event["level"] for event in events} == {"error"}
    return {event["plug_in"]: event["why"].partition(" (/")[0].partition(", body")[0] for event in events}

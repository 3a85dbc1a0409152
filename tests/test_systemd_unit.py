"""The unit of the service: nearly everything is shut that can be shut, and what the gateway needs is open."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parent.parent / "systemd" / "lifering.service"
MOST_EXPOSURE = 1.5


def settings(name: str) -> list[str]:
    """Every value of a setting, in order."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_its_exposure_is_at_most_what_we_promise() -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={int(10 * MOST_EXPOSURE)}", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    exposure = re.search(r"exposure level for lifering.service: ([\d.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE, done.stdout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_every_line() -> None:
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(UNIT)], capture_output=True, text=True, check=False)

    of_ours = [line for line in done.stderr.splitlines() if "lifering.service" in line and "not executable" not in line]
    assert of_ours == []


def test_bands_can_be_reached_over_the_bus_and_serial_ports() -> None:
    """BlueZ is spoken with over D-Bus: a Unix socket, and the groups that its policy and the ports ask for."""
    (families,), (groups,) = settings("RestrictAddressFamilies"), settings("SupplementaryGroups")

    assert {"AF_UNIX", "AF_INET", "AF_INET6"} == set(families.split())
    assert {"dialout", "bluetooth"} == set(groups.split())
    assert {"char-ttyUSB rw", "char-ttyACM rw", "char-ttyAMA rw", "char-ttyS rw"} <= set(settings("DeviceAllow"))
    assert settings("PrivateDevices") == settings("PrivateNetwork") == settings("PrivateUsers") == []


def test_systemd_hears_that_it_is_ready_and_alive() -> None:
    assert (settings("Type"), settings("NotifyAccess"), settings("WatchdogSec")) == (["notify"], ["main"], ["60"])
    assert settings("Restart") == ["always"]


def test_it_has_no_capability_and_may_write_to_its_own_folders_only() -> None:
    assert settings("CapabilityBoundingSet") == settings("AmbientCapabilities") == [""]
    assert settings("ProtectSystem") == ["strict"]
    assert settings("ReadWritePaths") == []

"""What is installed beside the gateway is understood by systemd."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

DROP_IN = Path(__file__).parent.parent / "systemd" / "bluetooth.service.d" / "lifering.conf"
UNIT = "[Unit]\nDescription=As Debian has it\n[Service]\nType=dbus\nBusName=org.bluez\nExecStart=/bin/true\n"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_takes_every_line_of_what_is_added_to_the_unit_of_bluetoothd(tmp_path: Path) -> None:
    (tmp_path / "bluetooth.service").write_text(UNIT)
    added = tmp_path / "bluetooth.service.d"
    added.mkdir()
    shutil.copy(DROP_IN, added)

    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "bluetooth.service")], capture_output=True, text=True
    )

    assert (verified.returncode, verified.stderr) == (0, "")


def test_bluetoothd_is_started_again_however_it_ended_and_however_often() -> None:
    lines = DROP_IN.read_text().splitlines()

    assert {"StartLimitIntervalSec=0", "Restart=always"} <= set(lines)

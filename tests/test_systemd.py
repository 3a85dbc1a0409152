"""What is installed beside the gateway is understood by systemd."""

from __future__ import annotations

import shlex
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


def test_what_the_kernel_scans_for_a_bluetoothd_that_was_killed_is_stopped_on_each_adapter(tmp_path: Path) -> None:
    """Else it refuses the scan of the next one for up to ten seconds."""
    given = tmp_path / "given"
    btmgmt = tmp_path / "btmgmt"
    btmgmt.write_text(f'#!/bin/sh\ncat\necho "$@" >>{given}\nexit 1\n')
    btmgmt.chmod(0o755)
    added = next(line for line in DROP_IN.read_text().splitlines() if line.startswith("ExecStopPost="))
    command = shlex.split(added.removeprefix("ExecStopPost=-").replace("$$", "$"))

    subprocess.run(command, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, stdin=subprocess.DEVNULL, check=False)

    stopped = {f"--index {adapter} stop-find{kind}" for adapter in (0, 1, 2, 3) for kind in ("", " -l")}
    assert set(given.read_text().splitlines()) == stopped

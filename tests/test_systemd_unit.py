"""The unit of the service: nearly everything is shut that can be shut, and what the gateway needs is open."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parent.parent / "systemd" / "lifering.service"
TECHNICIAN = UNIT.parent.parent / "docs" / "technician.md"
MOST_EXPOSURE = 1.5
DROP_INS = {  # what docs/technician.md adds for a feature; the others need nothing
    "data.conf": "ReadWritePaths=-/mnt/ssd/lifering",
    "password.conf": "LoadCredentialEncrypted=mqtt-password:/etc/credstore.encrypted/mqtt-password",
    "light.conf": "SupplementaryGroups=gpio\nDeviceAllow=char-gpiochip rw",
    "back-off.conf": (UNIT.parent / "lifering.back-off.conf").read_text(),
}


def settings(name: str) -> list[str]:
    """Every value of a setting, in order."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("added", [{}, DROP_INS], ids=["as it is shipped", "with all features"])
def test_its_exposure_is_at_most_what_we_promise(added: dict[str, str], tmp_path: Path) -> None:
    unit = Path(shutil.copy(UNIT, tmp_path))
    for name, text in added.items():
        (tmp_path / "lifering.service.d").mkdir(exist_ok=True)
        (tmp_path / "lifering.service.d" / name).write_text(f"[Service]\n{text}\n")
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={int(10 * MOST_EXPOSURE)}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    exposure = re.search(r"exposure level for lifering.service: ([\d.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE, done.stdout


def test_every_setting_that_a_technician_is_asked_to_add_to_the_unit_is_among_those_whose_exposure_is_known() -> None:
    added = r"`((?:\w+Paths|LoadCredential\w*|SupplementaryGroups|Device\w+|Protect\w+|Private\w+)=)[^`]+`"
    asked = set(re.findall(added, TECHNICIAN.read_text()))

    assert len(asked) >= 4
    assert asked <= set(re.findall(r"^\w+=", "\n".join(DROP_INS.values()), re.MULTILINE))


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
    assert "char-usb_device rw" in settings("DeviceAllow"), "an adapter is reset"
    assert settings("PrivateDevices") == settings("PrivateNetwork") == settings("PrivateUsers") == []


def test_systemd_hears_that_it_is_ready_and_alive() -> None:
    assert (settings("Type"), settings("NotifyAccess"), settings("WatchdogSec")) == (["notify"], ["main"], ["60"])
    assert settings("Restart") == ["always"]


def test_it_has_no_capability_and_may_write_to_its_own_folders_only() -> None:
    assert settings("CapabilityBoundingSet") == settings("AmbientCapabilities") == [""]
    assert settings("ProtectSystem") == ["strict"]
    assert settings("ReadWritePaths") == []


def test_a_faulty_file_fails_the_reload_before_the_gateway_hears_of_it() -> None:
    nothing, checked, told = settings("ExecReload")

    assert nothing == "/bin/true"  # the first of them has no credentials on Debian 12: docs/decisions.md
    assert checked.startswith("+/bin/sh ")  # nor has any without root on Debian 13
    assert settings("ExecStart")[0].replace(" run ", " check ") in checked
    assert told == "/bin/sh -c 'kill -HUP $$MAINPID'"  # the shell's own: a small Debian has no /bin/kill (procps)


@pytest.mark.parametrize(("code", "goes_on"), [(0, True), (1, True), (2, False)])
def test_a_fault_of_the_machine_does_not_fail_the_reload(code: int, *, goes_on: bool) -> None:
    """Done as systemd does it, which writes $$ for $: a gateway whose disk has died takes over a new roster."""
    check = settings("ExecStart")[0].replace(" run ", " check ")
    script = (
        settings("ExecReload")[1].removeprefix("+/bin/sh -c ").strip("'").replace("$$", "$").replace(check, f"(exit {code})")
    )

    assert (subprocess.run(["/bin/sh", "-c", script], check=False).returncode == 0) == goes_on


def test_it_is_started_again_for_ever_and_never_later_than_a_call_for_help_can_bear() -> None:
    back_off = (UNIT.parent / "lifering.back-off.conf").read_text()

    assert (settings("Restart"), settings("RestartSec"), settings("StartLimitIntervalSec")) == (["always"], ["2"], ["0"])
    (longest,) = re.findall(r"^RestartMaxDelaySec=(.*)$", back_off, re.MULTILINE)
    assert 2 < int(longest) <= 20


def test_a_secret_that_is_no_credential_does_not_keep_it_from_starting() -> None:
    """With a path, systemd refuses to start the service where the file is missing; by name alone it looks in /etc/credstore."""
    assert set(settings("LoadCredential")) == {"mqtt-password", "store.key", "sim-pin", "page-pin"}


def test_the_example_that_comes_with_it_is_not_run() -> None:
    """Done as systemd does it: exit code 0 goes on, another one skips the start."""
    (condition,) = settings("ExecCondition")
    same, other = "/etc/hostname", "/etc/passwd"
    script = condition.removeprefix("/bin/sh -c ").strip("'").replace("/etc/lifering/gateway.toml", same)
    example = script.split()[-1]

    assert example.endswith("/current/gateway/_config/gateway.toml")
    for against, code in ((same, 1), (other, 0)):
        assert subprocess.run(["sh", "-c", script.replace(example, against)], check=False).returncode == code

"""What `--fix` mends is mended: the examination behind it finds it no more; what is not ours stays as it was."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli.doctor_page import page
from gateway.doctor import examining, mends
from gateway.doctor.diagnosis import Diagnosis, Examination
from gateway.doctor.running import Running
from gateway.language import Language
from gateway.words.doctor_page import MENDED
from tests.gateway.doctor.planted import CLOCK, UNIT, PlantedHost, both, codes

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the rights of another user")
NOBODY = pwd.getpwnam("nobody")
CONFIG = """[gateway]
id = "xishan-01"
data_dir = "{data_dir}"
[mqtt]
host = "127.0.0.1"
port = 1
tls = false
insecure = true
[bluetooth]
enabled = {radio}
"""
SERVICE = "[Service]\nUser=nobody\nProtectSystem=strict\n{more}\n"


class Examined:
    """A machine with a configuration, examined and mended."""

    def __init__(self, planted: PlantedHost, folder: Path) -> None:
        self.planted, self.data_dir, self.config = planted, folder / "data", folder / "gateway.toml"
        self.configure()
        self.unit(f"ReadWritePaths={folder}")

    def configure(self, *, radio: str = "false") -> None:
        self.config.write_text(CONFIG.format(data_dir=self.data_dir, radio=radio))
        self.config.chmod(0o644)

    def unit(self, more: str) -> None:
        self.planted.put("etc/systemd/system/lifering.service", SERVICE.format(more=more))

    def examine(self) -> Examination:
        return examining.examine(self.planted.host, self.config, Running(why_not="not running"))

    def mended(self, code: str) -> list[mends.Mended]:
        """The fault is there, is told in both languages, is mended, and is gone."""
        before = self.examine()
        assert code in codes(before.diagnoses)
        assert all(both(before.diagnoses, code))
        done = list(mends.mend(self.planted.host, before.diagnoses))
        assert code not in codes(self.examine().diagnoses)
        assert code in [one.diagnosis.code for one in done if not one.why_not]
        languages: tuple[Language, ...] = ("en", "zh-CN")
        for language in languages:
            assert any(line.startswith(code) for line in page(before, done, language, root=True))
        return done


@pytest.fixture
def machine(planted: PlantedHost, open_folder: Path) -> Examined:
    machine = Examined(planted, open_folder)
    machine.data_dir.mkdir(mode=0o700)
    os.chown(machine.data_dir, NOBODY.pw_uid, NOBODY.pw_gid)
    return machine


def test_a_machine_that_is_well_is_not_touched(machine: Examined) -> None:
    assert codes(machine.examine().diagnoses) == ["broker_port"]
    assert list(mends.mend(machine.planted.host, machine.examine().diagnoses)) == []
    assert machine.planted.commands == []


@needs_root
def test_what_root_has_left_in_the_data_folder_goes_back_to_the_service(machine: Examined) -> None:
    content = b"alerts of people"
    for name in ("alerts.db", "readings.db", "lock"):
        (machine.data_dir / name).write_bytes(content)
        (machine.data_dir / name).chmod(0o600)

    machine.mended("data_file_forbidden")

    assert {file.stat().st_uid for file in machine.data_dir.iterdir()} == {NOBODY.pw_uid}
    assert {file.read_bytes() for file in machine.data_dir.iterdir()} == {content}


@needs_root
def test_a_data_folder_of_root_goes_back_to_the_service(machine: Examined) -> None:
    os.chown(machine.data_dir, 0, 0)

    machine.mended("data_dir_forbidden")

    assert machine.data_dir.stat().st_uid == NOBODY.pw_uid


@needs_root
def test_a_data_folder_that_is_missing_is_made_for_the_service(machine: Examined) -> None:
    machine.data_dir.rmdir()

    machine.mended("data_dir_cannot_be_made")

    assert (machine.data_dir.stat().st_uid, machine.data_dir.stat().st_mode & 0o777) == (NOBODY.pw_uid, 0o700)


@needs_root
def test_a_folder_with_the_files_of_others_is_left_alone(machine: Examined) -> None:
    os.chown(machine.data_dir, 0, 0)
    (machine.data_dir / "holiday.jpg").touch()

    (done,) = mends.mend(machine.planted.host, machine.examine().diagnoses)

    assert done.why_not
    assert all("holiday.jpg" in words for words in done.why_not)
    assert machine.data_dir.stat().st_uid == 0


@needs_root
@pytest.mark.parametrize("link", [Path.hardlink_to, Path.symlink_to])
def test_a_link_to_a_file_of_the_system_is_not_given_away(machine: Examined, link: Callable[[Path, Path], None]) -> None:
    secret = machine.data_dir.parent / "secret"
    secret.touch(0o600)
    link(machine.data_dir / "alerts.db", secret)
    (machine.data_dir / "readings.db").touch(0o600)

    (done,) = mends.mend(machine.planted.host, machine.examine().diagnoses)

    assert done.diagnosis.code == "data_file_forbidden"
    assert secret.stat().st_uid == 0
    assert (machine.data_dir / "readings.db").stat().st_uid == NOBODY.pw_uid


@pytest.mark.parametrize("folder", ["/", "/srv", "/var"])
def test_a_folder_of_the_system_is_never_given_away(planted: PlantedHost, folder: str) -> None:
    wrong = Diagnosis("disk", "data_dir_forbidden", {"folder": folder, "user": "nobody"})

    (done,) = mends.mend(planted.host, [wrong])

    assert done.why_not
    assert Path(folder).stat().st_uid == 0


@needs_root
def test_a_data_folder_outside_the_sandbox_is_let_in_by_a_drop_in(machine: Examined) -> None:
    machine.unit("")

    machine.mended("data_dir_outside_sandbox")

    assert commands_that_mend(machine) == ["systemctl daemon-reload", f"systemctl bind lifering.service {machine.data_dir}"]


@needs_root
def test_a_service_that_does_not_run_is_let_in_at_its_next_start(machine: Examined) -> None:
    machine.unit("")
    machine.planted.fails("systemctl is-active lifering.service")

    machine.mended("data_dir_outside_sandbox")

    assert commands_that_mend(machine) == ["systemctl daemon-reload"]


@needs_root
def test_a_disk_that_is_not_there_does_not_keep_the_service_from_starting(machine: Examined) -> None:
    """systemd starts no service that shall write to a folder which is missing, but where a "-" says that it may be."""
    machine.unit("")

    machine.mended("data_dir_outside_sandbox")

    drop_in = machine.planted.root / "etc/systemd/system/lifering.service.d/data.conf"
    assert drop_in.read_text() == f"[Service]\nReadWritePaths=-{machine.data_dir}\n"


@needs_root
def test_a_folder_is_made_before_the_sandbox_lets_the_service_write_to_it(machine: Examined) -> None:
    machine.unit("")
    machine.data_dir.rmdir()

    found = codes(machine.examine().diagnoses)

    assert found.index("data_dir_cannot_be_made") < found.index("data_dir_outside_sandbox")


def commands_that_mend(machine: Examined) -> list[str]:
    return [command for command in machine.planted.commands if "is-active" not in command]


@pytest.mark.parametrize("name", ["my data", "50%", "a\nUser=root"])
def test_a_folder_that_a_unit_cannot_name_plainly_is_left_to_a_person(name: str) -> None:
    assert not mends.can_mend(Diagnosis("disk", "data_dir_outside_sandbox", {"folder": f"/srv/{name}", "user": "lifering"}))


def test_a_service_that_does_not_start_with_the_box_is_enabled(machine: Examined) -> None:
    machine.planted.shows("systemctl", UNIT | {"UnitFileState": "disabled"})

    machine.mended("unit_disabled")

    assert machine.planted.commands == ["systemctl enable lifering.service"]


def test_a_unit_that_was_changed_is_read_again(machine: Examined) -> None:
    machine.planted.shows("systemctl", UNIT | {"NeedDaemonReload": "yes"})

    machine.mended("unit_changed")


def test_a_clock_that_nobody_sets_is_set(machine: Examined) -> None:
    machine.planted.shows("timedatectl", CLOCK | {"NTP": "no"})

    machine.mended("clock_ntp_off")


def test_bluetooth_that_is_blocked_by_software_is_switched_on(machine: Examined) -> None:
    machine.configure(radio="true")
    machine.planted.put("sys/class/rfkill/rfkill0/type", "bluetooth\n")
    blocked = machine.planted.put("sys/class/rfkill/rfkill0/soft", "1\n")

    machine.mended("radio_soft_blocked")

    assert blocked.read_text() == "0"


def test_bluetoothd_is_started(planted: PlantedHost) -> None:
    (done,) = mends.mend(planted.host, [Diagnosis("radio", "radio_no_bluetoothd")])

    assert not done.why_not
    assert planted.commands == ["systemctl enable --now bluetooth.service"]


def test_udev_is_told_again_which_ports_are_ours(planted: PlantedHost) -> None:
    (done,) = mends.mend(planted.host, [Diagnosis("ports", "port_held_by_modemmanager")])

    assert not done.why_not
    assert planted.commands == ["udevadm control --reload", "udevadm trigger --subsystem-match=tty"]


def test_what_could_not_be_mended_is_said_so(planted: PlantedHost) -> None:
    planted.lacks("systemctl")
    wrong = Diagnosis("service", "unit_disabled")

    (done,) = mends.mend(planted.host, [wrong])

    assert done.why_not
    assert "systemctl" in done.why_not.english
    assert any("could not be mended" in line for line in page(Examination((wrong,)), [done], "en", root=True))


def test_every_mend_has_words_and_every_word_a_mend() -> None:
    facts = {"folder": "/var/lib/lifering", "user": "lifering", "switch": "sys/class/rfkill/rfkill0"}

    assert all(mends.can_mend(Diagnosis("disk", code, facts)) for code in MENDED)

"""A machine on which faults are planted: files beneath a root, and programs that answer what was planted, and obey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gateway.cli.doctor_page import text
from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import Host

UNIT = {
    "LoadState": "loaded",
    "UnitFileState": "enabled",
    "ActiveState": "active",
    "SubState": "running",
    "Result": "success",
    "NRestarts": "0",
    "NeedDaemonReload": "no",
    "MainPID": "71",
    "ActiveEnterTimestampMonotonic": "1",
}
CLOCK = {"Timezone": "Asia/Shanghai", "CanNTP": "yes", "NTP": "yes", "NTPSynchronized": "yes"}
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> {log}
case "$*" in
  show*) cat {shown} ;;
  "enable lifering.service") sed -i s/UnitFileState=.*/UnitFileState=enabled/ {shown} ;;
  "daemon-reload") sed -i s/NeedDaemonReload=.*/NeedDaemonReload=no/ {shown} ;;
  "set-ntp true") sed -i s/^NTP=.*/NTP=yes/ {shown} ;;
esac
"""


class PlantedHost:
    """`host` is what is examined. Its programs stand in `bin`, which must come first in PATH."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin = folder / "root", folder / "bin"
        self._log = folder / "commands"
        self.root.mkdir()
        self.bin.mkdir()
        self.host = Host(self.root)
        self.shows("systemctl", UNIT)
        self.shows("timedatectl", CLOCK)
        self.shows("udevadm", {})

    def shows(self, program: str, properties: Mapping[str, str]) -> None:
        """What it shows, and that it is there."""
        shown = self.bin / f"{program}.shown"
        shown.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
        (self.bin / program).write_text(PROGRAM.format(log=self._log, shown=shown))
        (self.bin / program).chmod(0o755)

    def lacks(self, program: str) -> None:
        """It fails, as on a machine without systemd."""
        (self.bin / program).write_text("#!/bin/sh\nexit 1\n")

    def fails(self, command: str) -> None:
        """This one ends with 3, as systemctl(1) does where a unit is not active."""
        program, _, arguments = command.partition(" ")
        script = self.bin / program
        script.write_text(script.read_text().replace("#!/bin/sh\n", f'#!/bin/sh\n[ "$*" != "{arguments}" ] || exit 3\n'))

    def put(self, path: str, content: str = "") -> Path:
        """A file beneath the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return file

    def process(self, pid: int, name: str, *devices: str) -> None:
        """A process that has these devices open."""
        self.put(f"proc/{pid}/comm", f"{name}\n")
        self.put(f"proc/{pid}/cmdline", f"/usr/sbin/{name}\0--now\0")
        descriptors = self.root / f"proc/{pid}/fd"
        descriptors.mkdir()
        for number, device in enumerate(devices):
            (descriptors / str(number)).symlink_to(device)

    @property
    def commands(self) -> list[str]:
        """What was called, but for questions."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [line for line in lines if " show" not in line]


def codes(diagnoses: Iterable[Diagnosis]) -> list[str]:
    """What was found."""
    return [one.code for one in diagnoses]


def both(diagnoses: Iterable[Diagnosis], code: str) -> tuple[str, str]:
    """The words of the one with this code, in English and in Chinese."""
    (one,) = [one for one in diagnoses if one.code == code]
    return text(one, "en"), text(one, "zh-CN")


def assert_named(diagnoses: Iterable[Diagnosis], code: str, *facts: str) -> None:
    """It is found, alone, and told in both languages with these facts."""
    found = list(diagnoses)
    assert codes(found) == [code]
    english, chinese = both(found, code)
    assert english != chinese
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
    assert all(fact in words for fact in facts for words in (english, chinese)), (english, chinese)

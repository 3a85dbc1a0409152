"""What the doctor mends by itself: only what loses nothing, and nothing of what the store holds."""

from __future__ import annotations

import os
import pwd
import re
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import ANSWER_S, Host, answer
from gateway.doctor.service import UNIT
from gateway.errors import LiferingError
from gateway.language import Said
from gateway.words.doctor_page import why_not

OF_THE_STORE = re.compile(r"(alerts|readings)\..+|lock|control|probe")
PLAIN_PATH = re.compile(r"/[\w./+-]+")
DEEP_ENOUGH = 3  # "/", "srv", "lifering": no folder of the system is given away
TAKES_EFFECT = ("systemctl", "daemon-reload")


class RunProgram(NamedTuple):
    """A program. `where_it_runs`: only where the service does."""

    command: tuple[str, ...]
    where_it_runs: bool = False


class WriteFile(NamedTuple):
    """A file, beneath the root of the host; folders around it are made."""

    path: str
    text: str


class GiveBack(NamedTuple):
    """What root has left of the store in this folder goes to the user; the folder is made where it is not there."""

    folder: Path
    user: str


Step = RunProgram | WriteFile | GiveBack


class Mended(NamedTuple):
    """A diagnosis that was treated. `why_not`: None where all steps were done."""

    diagnosis: Diagnosis
    why_not: Said | None = None


class NotOurs(LiferingError):
    """What would have to be given away may be somebody else's."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.why = why_not(code, what)


def steps(diagnosis: Diagnosis) -> Sequence[Step]:
    """How it is mended; none: by a person only. Pure."""
    facts = diagnosis.facts
    match diagnosis.code:
        case "unit_disabled":
            return (RunProgram(("systemctl", "enable", UNIT)),)
        case "unit_changed":
            return (RunProgram(TAKES_EFFECT),)
        case "radio_soft_blocked":
            return (WriteFile(f"{facts['switch']}/soft", "0"),)
        case "radio_no_bluetoothd":
            return (RunProgram(("systemctl", "enable", "--now", "bluetooth.service")),)
        case "clock_ntp_off":
            return (RunProgram(("timedatectl", "set-ntp", "true")),)
        case "port_held_by_modemmanager":
            return (RunProgram(("udevadm", "control", "--reload")), RunProgram(("udevadm", "trigger", "--subsystem-match=tty")))
        case "data_dir_outside_sandbox" if PLAIN_PATH.fullmatch(str(facts["folder"])):
            folder = str(facts["folder"])
            # without the "-" the service would not be started as long as the folder, or its disk, is not there
            drop_in = WriteFile(f"etc/systemd/system/{UNIT}.d/data.conf", f"[Service]\nReadWritePaths=-{folder}\n")
            # a new sandbox is of the next start; this one is opened too, for what a gateway holds in memory ends with it
            return (drop_in, RunProgram(TAKES_EFFECT), RunProgram(("systemctl", "bind", UNIT, folder), where_it_runs=True))
        case "data_dir_forbidden" | "data_file_forbidden" | "data_dir_cannot_be_made":
            return (GiveBack(Path(str(facts["folder"])), str(facts["user"])),)
        case _:
            return ()


def can_mend(diagnosis: Diagnosis) -> bool:
    """Whether `--fix` does it."""
    return bool(steps(diagnosis))


def mend(host: Host, diagnoses: Sequence[Diagnosis]) -> Iterator[Mended]:
    """Does what can be done, and says what came of it."""
    for diagnosis in diagnoses:
        if its := steps(diagnosis):
            try:
                for step in its:
                    _do(host, step)
            except NotOurs as refused:
                yield Mended(diagnosis, refused.why)
            except (OSError, KeyError, subprocess.SubprocessError) as error:
                yield Mended(diagnosis, why_not("system", str(error)))
            else:
                yield Mended(diagnosis)


def _do(host: Host, step: Step) -> None:
    match step:
        case RunProgram(where_it_runs=True) if answer("systemctl", "is-active", UNIT) is None:
            pass
        case RunProgram(command):
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=3 * ANSWER_S)  # noqa: S603
        case WriteFile(path, text):
            file = host.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        case GiveBack(folder, user):
            _give(folder, pwd.getpwnam(user))


def _give(folder: Path, user: pwd.struct_passwd) -> None:
    """Only files of the store, and of them only root's own: neither what another user has, nor a link of theirs."""
    if len(folder.parts) < DEEP_ENOUGH:
        raise NotOurs("folder of the system", str(folder))
    folder.mkdir(mode=0o700, exist_ok=True)
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        names = os.listdir(here)  # noqa: PTH208  # of the folder that was opened, whatever is at its path now
        if strange := [name for name in names if not OF_THE_STORE.fullmatch(name)]:
            raise NotOurs("holds something else", f"{folder}/{strange[0]}")
        for name in names:
            _give_file(name, here, user)
        if os.fstat(here).st_uid == 0:
            os.fchown(here, user.pw_uid, user.pw_gid)
    finally:
        os.close(here)


def _give_file(name: str, folder: int, user: pwd.struct_passwd) -> None:
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:  # a link, or a socket
        return
    try:
        found = os.fstat(file)
        if found.st_uid == 0 and found.st_nlink == 1 and stat.S_ISREG(found.st_mode):
            os.fchown(file, user.pw_uid, user.pw_gid)
    finally:
        os.close(file)

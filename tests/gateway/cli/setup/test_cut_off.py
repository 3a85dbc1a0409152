"""A set-up that is killed between two of its steps leaves the old configuration or the new one, and is brought to its end."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from gateway.cli.setup.answers import Answers, BandAnswer, PhoneAnswer, SerialAnswer
from gateway.cli.setup.placing import BEGUN, place
from gateway.settings.file import examine, load
from gateway.settings.shipped import shipped

STEPS = ("open", "os.rename", "os.remove", "os.chmod", "os.chown")
KILLED, WHOLE = 9, 0
OWN = """[gateway]
id = "old-01"
data_dir = "data"
[mqtt]
host = "old.example"
username = "old"
password_file = "mqtt-password"
[roster]
file = "wristbands.csv"
[modem]
port = "/dev/serial/by-id/usb-Old"
[duty]
phones_file = "duty.csv"
"""
SITE = Answers(
    id="yinxi-07",
    host="new.example",
    language="en",
    username="yinxi-07",
    password_file="password.txt",  # the name of a file
    ca_file="authority.pem",
    modem="/dev/serial/by-id/usb-Modem",
    pin_file="pin.txt",
    serial=(SerialAnswer(port="/dev/serial/by-id/usb-Hub"),),
    wristband=(BandAnswer(address="C0:FF:EE:00:00:07", driver="serial-hub", wearer="W-017", room="3-201"),),
    phone=(PhoneAnswer(name="manager", phone="13900000009"),),
)
SOURCES = {"password_file": b"new\n", "ca_file": b"-----BEGIN CERTIFICATE-----\nnew\n", "pin_file": b"1234\n"}


def example_box(folder: Path) -> None:
    for name in ("gateway.toml", "wristbands.csv", "duty.csv"):
        (folder / name).write_bytes(shipped(name).read_bytes())


def own_box(folder: Path) -> None:
    (folder / "gateway.toml").write_text(OWN)
    (folder / "mqtt-password").write_text("old\n")
    (folder / "wristbands.csv").write_text("address,driver,wearer,room\nC0:FF:EE:00:00:01,bthome,W-001,3-101\n")
    (folder / "duty.csv").write_text("name,phone\nguard,13900000001\n")


def set_up(config: Path, dies_at: int) -> int:
    """The exit code of a set-up that does not survive this step; a process of its own, which nobody can clean up after."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    steps = iter(range(sys.maxsize))

    def die(event: str, args: tuple[object, ...]) -> None:
        if event in STEPS and _changes(event, args, config.parent) and next(steps) == dies_at:
            os._exit(KILLED)

    sys.addaudithook(die)
    try:
        place(config, SITE, SOURCES)
    finally:
        os._exit(WHOLE if sys.exc_info()[0] is None else 1)


def _changes(event: str, args: tuple[object, ...], folder: Path) -> bool:
    """Whether this step does something there; a file that is open is named by its number."""
    if isinstance(args[0], int):
        return event != "open"
    flags = args[2] if event == "open" else os.O_WRONLY
    return str(folder) in str(args[0]) and isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def content(folder: Path) -> Mapping[str, bytes]:
    """Of each file that is not a leftover, nor a copy of what was there."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if not path.name.startswith(BEGUN) and ".before-" not in path.name and path.is_file()
    }


@pytest.mark.parametrize("box", [example_box, own_box])
def test_killed_at_any_step_it_is_the_old_configuration_or_the_new_one(tmp_path: Path, box: object) -> None:
    assert callable(box)
    whole, steps = tmp_path / "whole", 0
    whole.mkdir()
    box(whole)
    old = content(whole)
    assert set_up(whole / "gateway.toml", sys.maxsize) == WHOLE
    new = content(whole)
    assert new["gateway.toml"] != old["gateway.toml"]

    seen = set[tuple[frozenset[tuple[str, bytes]], bool]]()
    for dies_at in count():
        folder = tmp_path / str(dies_at)
        folder.mkdir()
        box(folder)
        config = folder / "gateway.toml"
        if set_up(config, dies_at) == WHOLE:
            break
        steps += 1
        found = content(folder)
        if found["gateway.toml"] == old["gateway.toml"]:
            named = {"mqtt-password", "wristbands.csv", "duty.csv"} if box is own_box else set()
            assert {name: found[name] for name in named} == {name: old[name] for name in named}
        else:
            assert found["gateway.toml"] == new["gateway.toml"]
            assert [mistake.code for mistake in examine(config).mistakes] == []
            assert {name: found[name] for name in ("ca.pem", "sim-pin")} == {name: new[name] for name in ("ca.pem", "sim-pin")}
            file = load(config).settings.mqtt.password_file
            assert file is not None
            assert file.read_bytes() == b"new\n"
        state = frozenset(found.items()), any(path.name.startswith(BEGUN) for path in folder.iterdir())
        if state in seen:
            continue
        seen.add(state)
        assert set_up(config, sys.maxsize) == WHOLE
        assert content(folder) == new
        assert [path.name for path in folder.iterdir() if path.name.startswith(BEGUN)] == []
    assert steps > 20

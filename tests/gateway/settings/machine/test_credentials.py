"""A check finds the secrets that systemd hands to the service."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.settings import named_files
from gateway.settings.machine.credentials import VARIABLE, handed_over, within_reach
from gateway.settings.machine.service_user import rights_of

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the rights of another user")


@pytest.fixture
def machine(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a secret in the store of systemd, which root alone may enter, and another in a place of its own."""
    monkeypatch.delenv(VARIABLE, raising=False)
    for name, content in (("etc/credstore/mqtt-password", "secret"), ("srv/pin", "1234")):
        file = open_folder / name
        file.parent.mkdir(parents=True, mode=0o700)
        file.touch(0o600)
        file.write_text(content)
    return open_folder


def test_the_user_of_the_service_finds_them_by_name(machine: Path) -> None:
    with handed_over(["mqtt-password", "sim-pin:/srv/pin", "store.key"], "daemon", machine), rights_of("daemon", ()):
        found = {name: named_files.content(file) for name, file in named_files.credentials().items()}

    assert found == {"mqtt-password": b"secret", "sim-pin": b"1234"}


def test_nothing_of_them_is_left(machine: Path) -> None:
    with handed_over(["mqtt-password"], "daemon", machine):
        folder = Path(os.environ[VARIABLE])
        assert folder.stat().st_mode & 0o077 == 0

    assert VARIABLE not in os.environ
    assert not folder.exists()


def test_those_of_the_service_itself_count(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/run/credentials/lifering.service")

    with handed_over(["mqtt-password"], "daemon", machine):
        assert os.environ[VARIABLE] == "/run/credentials/lifering.service"


UNIT = "[Service]\nLoadCredential=mqtt-password\nLoadCredential=sim-pin:/srv/pin\nLoadCredential=store.key\n"


def test_root_finds_them_where_they_lie(machine: Path) -> None:
    unit = machine / "usr/lib/systemd/system/lifering.service"
    unit.parent.mkdir(parents=True)
    unit.write_text(UNIT)

    with within_reach(machine):
        found = {name: file.resolve() for name, file in named_files.credentials().items()}

    assert found == {"mqtt-password": machine / "etc/credstore/mqtt-password", "sim-pin": machine / "srv/pin"}
    assert VARIABLE not in os.environ


def test_where_there_is_no_unit_nothing_is_within_reach(machine: Path) -> None:
    with within_reach(machine):
        assert VARIABLE not in os.environ

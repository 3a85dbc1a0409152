"""The verbs that a technician types as root find the secrets that only systemd hands to the service."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.settings.machine import credentials
from gateway.settings.machine.unit import Unit
from tests.gateway.cli.running import lifering
from tests.gateway.cli.with_stores import stopped

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root reads the credentials of the service")

CONFIG = """\
[gateway]
id = "xishan-01"
language = "en"
data_dir = "data"
[mqtt]
host = "h"
username = "u"
password_file = "mqtt-password"
tls = false
insecure = true
[roster]
file = "wristbands.csv"
"""
CSV = "address,driver,wearer,room\nC0:FF:EE:00:00:01,bthome,W-001,3-201\n"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The password is no file beside it, but a credential of the unit."""
    secret = tmp_path / "credstore" / "mqtt-password"
    secret.parent.mkdir(mode=0o700)
    secret.write_text("secret")
    monkeypatch.delenv(credentials.VARIABLE, raising=False)
    monkeypatch.setattr(credentials, "installed", lambda _: Unit(credentials=(f"mqtt-password:{secret}",)))
    file = tmp_path / "etc" / "gateway.toml"
    file.parent.mkdir()
    file.write_text(CONFIG)
    (file.parent / "wristbands.csv").write_text(CSV)
    return file


async def test_a_backup_tells_where_the_credential_lies(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with stopped(config):
        pass

    assert await lifering("backup", config.parent / "b", "--config", config) == 0
    assert f"{config.parent.parent}/credstore/mqtt-password lies outside" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        ("enroll", "C0:FF:EE:00:00:09", "--driver", "bthome", "--wearer", "W-009"),
        ("unenroll", "C0:FF:EE:00:00:01"),
        ("export", "readings", "--from", "2026-01-01"),
        ("erase", "W-001", "--yes"),
        ("backup", "BACKUP"),
    ],
    ids=lambda command: command[0],
)
async def test_a_password_that_is_a_credential_is_found(command: tuple[str, ...], config: Path) -> None:
    async with stopped(config):
        pass

    words = [str(config.parent / "b") if word == "BACKUP" else word for word in command]
    assert await lifering(*words, "--config", config) == 0

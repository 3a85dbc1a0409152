"""Fixtures of the tests of the doctor."""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bluez.fixtures import bluez, private_bus
from tests.gateway.doctor.planted import PlantedHost

__all__ = ["bluez", "private_bus"]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlantedHost:
    """A machine on which all is well as long as nothing is planted."""
    codecs.lookup("utf-8-sig")  # as the command line does before anybody's rights are taken, who may not read our Python
    folder = tmp_path / "machine"
    folder.mkdir()
    planted = PlantedHost(folder)
    monkeypatch.setenv("PATH", f"{planted.bin}:{os.environ['PATH']}")
    return planted


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="lifering-doctor-") as name:
        Path(name).chmod(0o755)
        yield Path(name)

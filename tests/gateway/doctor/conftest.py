"""Fixtures of the tests of the doctor."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bluez.fixtures import bluez, private_bus
from tests.gateway.doctor.planted import PlantedHost

__all__ = ["bluez", "private_bus"]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlantedHost:
    """A machine on which all is well as long as nothing is planted."""
    folder = tmp_path / "machine"
    folder.mkdir()
    planted = PlantedHost(folder)
    monkeypatch.setenv("PATH", f"{planted.bin}:{os.environ['PATH']}")
    return planted

"""What the kernel keeps off is known by two words, whichever of its switches it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.errors import SourceLost
from gateway.sources.ble.adapters import ADAPTER, Adapters
from gateway.sources.ble.rfkill import why_off


def switch(root: Path, number: int, *, name: str, kind: str = "bluetooth", soft: int = 0, hard: int = 0) -> None:
    folder = root / f"sys/class/rfkill/rfkill{number}"
    folder.mkdir(parents=True)
    for file, content in (("name", name), ("type", kind), ("soft", soft), ("hard", hard)):
        (folder / file).write_text(f"{content}\n")


@pytest.mark.parametrize(
    ("soft", "hard", "why"), [(0, 0, ""), (1, 0, "soft blocked"), (0, 1, "hard blocked"), (1, 1, "hard blocked")]
)
def test_an_adapters_own_switch(soft: int, hard: int, why: str, tmp_path: Path) -> None:
    switch(tmp_path, 0, name="phy0", kind="wlan", soft=1, hard=1)
    switch(tmp_path, 1, name="hci0", soft=soft, hard=hard)

    assert why_off("hci0", tmp_path) == why
    assert why_off("hci1", tmp_path) == ""


def test_a_key_of_the_machine_is_of_every_adapter_and_of_one_that_it_took_away(tmp_path: Path) -> None:
    switch(tmp_path, 0, name="thinkpad_bluetooth_sw", hard=1)
    switch(tmp_path, 1, name="hci0", soft=1)

    assert why_off("hci0", tmp_path) == "hard blocked"
    assert why_off("", tmp_path) == "hard blocked"


def test_a_machine_without_switches_blocks_nothing(tmp_path: Path) -> None:
    assert why_off("hci0", tmp_path) == ""


@pytest.mark.parametrize("off", ["soft blocked", "hard blocked"])
def test_an_adapter_that_is_off_is_told_with_the_switch_that_keeps_it_off(off: str) -> None:
    adapters = Adapters(["hci0"], why_off=lambda name: off if name == "hci0" else "")
    adapters.are({"/org/bluez/hci0": {ADAPTER: {"Address": "00:1A:7D:DA:71:01", "Powered": False, "Discovering": False}}})

    with pytest.raises(SourceLost, match=off):
        adapters.find("hci0")


def test_one_that_is_on_is_not_asked_for_its_switch() -> None:
    adapters = Adapters(["hci0"], why_off=lambda _: "soft blocked")
    adapters.are({"/org/bluez/hci0": {ADAPTER: {"Address": "00:1A:7D:DA:71:01", "Powered": True, "Discovering": False}}})

    assert adapters.find("hci0").powered


def test_an_adapter_that_a_key_took_away_is_not_called_absent() -> None:
    adapters = Adapters(["hci0"], why_off=lambda name: "" if name else "hard blocked")
    adapters.none("absent")

    with pytest.raises(SourceLost, match="hard blocked"):
        adapters.find("hci0")

"""The board tells of its supply and its heat by files of the kernel; where there are none, nothing is pretended."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.health.board import Board


def writes(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def zone(folder: Path, number: int, kind: str, milli: str) -> None:
    writes(folder, f"class/thermal/thermal_zone{number}/type", f"{kind}\n")
    writes(folder, f"class/thermal/thermal_zone{number}/temp", f"{milli}\n")


def faults(board: Board) -> list[str]:
    return [fault.fault for fault in board.seen()]


THROTTLED = "devices/platform/soc/soc:firmware/get_throttled"


@pytest.mark.parametrize(
    ("throttled", "found"),
    [
        pytest.param("0", [], id="all is well"),
        pytest.param("50000", [], id="it was too low since the start, and is not now"),
        pytest.param("50005", ["undervoltage"], id="too low now"),
        pytest.param("80008", ["overheated"], id="too hot now"),
        pytest.param("d000d", ["undervoltage", "overheated"], id="both"),
    ],
)
def test_the_firmware_of_a_pi_tells_both(tmp_path: Path, throttled: str, found: list[str]) -> None:
    writes(tmp_path, THROTTLED, f"{throttled}\n")

    assert faults(Board(tmp_path)) == found


def test_the_alarm_of_the_hwmon_driver_tells_of_the_supply(tmp_path: Path) -> None:
    writes(tmp_path, "class/hwmon/hwmon0/name", "nvme\n")
    writes(tmp_path, "class/hwmon/hwmon0/in0_lcrit_alarm", "1\n")
    writes(tmp_path, "class/hwmon/hwmon1/name", "rpi_volt\n")
    writes(tmp_path, "class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    board = Board(tmp_path)

    well = faults(board)
    writes(tmp_path, "class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")

    assert (well, faults(board)) == ([], ["undervoltage"])


def test_a_hot_processor_is_told_until_it_has_cooled(tmp_path: Path) -> None:
    zone(tmp_path, 1, "cpu-thermal", "60000")
    board, found = Board(tmp_path), []
    zone(tmp_path, 0, "nvme", "99000")
    for milli in ["60000", "79900", "80000", "76000", "74900"]:
        zone(tmp_path, 1, "cpu-thermal", milli)
        found.append(faults(board))

    assert found == [[], [], ["overheated"], ["overheated"], []]


@pytest.mark.parametrize("nonsense", ["", "not a number", "\xff"])
def test_what_a_machine_does_not_tell_is_not_available(tmp_path: Path, nonsense: str) -> None:
    writes(tmp_path, THROTTLED, nonsense)
    board = Board(tmp_path)

    assert faults(board) == []
    assert (board.undervoltage, board.overheated) == (None, None)


def test_a_sensor_whose_driver_comes_later_is_found_when_it_is_looked_for(tmp_path: Path) -> None:
    board = Board(tmp_path)
    zone(tmp_path, 0, "cpu-thermal", "80000")
    before = faults(board)

    board.look_for_sensors()

    assert before == []
    assert faults(board) == ["overheated"]

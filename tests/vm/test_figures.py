"""What the boots of the faults left becomes rows: how each ended, and what was seen in it."""

from __future__ import annotations

from pathlib import Path

from tests.vm.figures import FAULTS, rows


def left(folder: Path, fault: str, **files: str) -> None:
    """What a boot left."""
    (folder / fault).mkdir()
    for name, text in files.items():
        (folder / fault / name).write_text(f"{text}\n")


def test_a_fault_is_broken_where_its_boot_ended_badly_or_was_cut_off(tmp_path: Path) -> None:
    left(tmp_path, "presses", status="0", seen="forty presses are forty: 40")
    left(tmp_path, "hung", status="1", seen="no gap of 5 s: 9.0 s")
    left(tmp_path, "kinds")

    found = dict(zip(FAULTS, rows(tmp_path), strict=True))

    assert (found["presses"].other, found["presses"].said) == (0, "forty presses are forty: 40")
    assert (found["hung"].other, found["hung"].said) == (1, "no gap of 5 s: 9.0 s")
    assert [(found[fault].other, found[fault].said) for fault in ("kinds", "filter")] == [(1, ""), (1, "")]

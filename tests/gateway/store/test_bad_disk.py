"""The bad disk of `./dev faults` does what it says: else nothing would be proven by what holds on it."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from tests.faults.bad_disk import Fault, Operation, What, compiled, environment
from tests.processes import DIES_WITH_US

pytestmark = pytest.mark.skipif(not which("gcc"), reason="there is no C compiler")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = compiled(tmp_path_factory.mktemp("library"))
    assert made
    return made


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """With a file of ten bytes, on the disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    (folder / "old").write_bytes(b"0123456789")
    return folder


def does(folder: Path, fault: Fault, library: Path, code: str) -> subprocess.CompletedProcess[str]:
    """This code in a process of its own with such a disk; the file is open as `f`."""
    code = f"import os; f = os.open({str(folder / 'old')!r}, os.O_RDWR); {code}"
    command = [*DIES_WITH_US, sys.executable, "-S", "-c", code]
    env = environment(folder, fault, str(library))
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_when_the_power_goes_what_was_not_synced_is_gone(disk: Path, library: Path) -> None:
    fault = Fault(What.POWER, Operation.CUT)
    done = does(disk, fault, library, "os.pwrite(f, b'AB', 0); os.fsync(f); os.pwrite(f, b'CD', 2); os.ftruncate(f, 4)")

    assert done.returncode == -signal.SIGKILL
    assert (disk / "old").read_bytes() == b"AB23456789"


def test_a_name_lasts_from_the_next_sync_on(disk: Path, library: Path) -> None:
    new = str(disk / "new")
    make = f"g = os.open({new!r}, os.O_CREAT | os.O_RDWR); os.write(g, b'x');"
    does(disk, Fault(What.POWER, Operation.CUT), library, f"{make} os.ftruncate(f, 4)")
    assert not (disk / "new").exists()

    does(disk, Fault(What.POWER, Operation.CUT), library, f"{make} os.fsync(g); os.ftruncate(f, 4)")
    assert (disk / "new").read_bytes() == b"x"


def test_a_file_that_was_renamed_or_removed_is_back(disk: Path, library: Path) -> None:
    (disk / "other").write_bytes(b"other")
    (disk / "third").write_bytes(b"third")
    old, other, third = (str(disk / name) for name in ("old", "other", "third"))
    deeds = f"os.rename({old!r}, {other!r}); os.unlink({third!r}); os.ftruncate(f, 4)"
    does(disk, Fault(What.POWER, Operation.CUT), library, deeds)

    assert {path.name: path.read_bytes() for path in disk.iterdir()} == {
        "old": b"0123456789",
        "other": b"other",
        "third": b"third",
    }


def test_of_a_torn_write_the_first_or_the_last_bytes_survive(disk: Path, library: Path) -> None:
    seen = set[bytes]()
    for seed in range(12):
        (disk / "old").write_bytes(b"0123456789")
        does(
            disk,
            Fault(What.POWER_TORN, Operation.CUT, seed=seed),
            library,
            "os.pwrite(f, b'ABCDEFGHIJ', 0); os.ftruncate(f, 4)",
        )
        seen.add((disk / "old").read_bytes())

    halves = {b"ABCDEFGHIJ"[:n] + b"0123456789"[n:] for n in range(10)} | {
        b"0123456789"[:n] + b"ABCDEFGHIJ"[n:] for n in range(11)
    }
    assert seen <= halves
    assert len(seen) > 4


def test_of_each_page_some_state_survives(disk: Path, library: Path) -> None:
    seen = set[bytes]()
    for seed in range(12):
        (disk / "old").write_bytes(bytes(12_288))
        deeds = "[os.pwrite(f, b'%d' % (n + 1), 4096 * page) for n in range(3) for page in range(3)]; os.ftruncate(f, 12287)"
        does(disk, Fault(What.POWER_PAGES, Operation.CUT, seed=seed), library, deeds)
        seen.add((disk / "old").read_bytes()[::4096])

    assert len(seen) > 4
    assert all(state in b"\x00123" for states in seen for state in states)


def test_a_sync_that_lies_loses_what_is_not_written_again(disk: Path, library: Path) -> None:
    fault = Fault(What.LIES, Operation.SYNC)
    lie = "os.pwrite(f, b'AB', 0)\ntry: os.fsync(f)\nexcept OSError as e: print(e.errno, flush=True)\n"
    end = "os.fsync(f); import ctypes; ctypes.CDLL(None).bad_disk_power(3, 0)"

    assert does(disk, fault, library, f"\n{lie}{end}").stdout == f"{errno.EIO}\n"
    assert (disk / "old").read_bytes() == b"0123456789"
    does(disk, fault, library, f"\n{lie}os.pwrite(f, b'AB', 0); {end}")
    assert (disk / "old").read_bytes() == b"AB23456789"


def test_a_full_disk_takes_a_part_and_then_nothing(disk: Path, library: Path) -> None:
    fault = Fault(What.FULL, Operation.WRITE, times=-1, room=3)
    deeds = "print(os.pwrite(f, b'ABCDE', 8))\ntry: os.pwrite(f, b'F', 13)\nexcept OSError as e: print(e.errno)"

    assert does(disk, fault, library, f"\n{deeds}").stdout.split() == ["5", str(errno.ENOSPC)]
    assert (disk / "old").read_bytes() == b"01234567ABCDE"


def test_the_nth_operation_fails_and_no_other(disk: Path, library: Path) -> None:
    deeds = "\nfor n in range(3):\n try: os.pwrite(f, b'ABC'[n:n + 1], n)\n except OSError as e: print(n, e.errno)"

    assert does(disk, Fault(What.FAILS, Operation.WRITE, nth=2, error=errno.EIO), library, deeds).stdout == f"1 {errno.EIO}\n"
    assert (disk / "old").read_bytes() == b"A1C3456789"

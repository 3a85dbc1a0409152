"""Where the sandbox of the service keeps its data from the disk, it says so at the start, and what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway import sandbox
from gateway.language import Language, Said

SHIPPED = Path("systemd/lifering.service").read_text()
DROP_IN = "/etc/systemd/system/lifering.service.d/data.conf"


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The end at which systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield line


def machine(folder: Path, *, cgroup: str = "/system.slice/lifering.service", drop_in: str = "") -> Path:
    """A root with the unit installed, as a process of this cgroup sees it."""
    for path, text in {
        "usr/lib/systemd/system/lifering.service": SHIPPED,
        DROP_IN[1:]: drop_in,
        "proc/self/cgroup": f"9:name=systemd:/\n0::{cgroup}\n",
    }.items():
        (folder / "root" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "root" / path).write_text(text)
    return folder / "root"


@pytest.mark.parametrize(("language", "words"), [("en", "may not write to"), ("zh-CN", "不允许写入")])
def test_systemctl_status_and_the_log_name_the_drop_in_to_write(
    language: Language, words: str, tmp_path: Path, systemd: socket.socket
) -> None:
    with capture_logs() as lines:
        sandbox.tell(Path("/mnt/ssd/lifering"), language, machine(tmp_path))

    status = systemd.recv(4096).decode()
    (line,) = lines
    assert status.startswith("STATUS=")
    assert "\n" not in status
    assert words in status
    why = line["why"]
    assert isinstance(why, Said)
    for told in (status, *why):
        assert "sudo lifering doctor --fix" in told
        assert DROP_IN in told
        assert "ReadWritePaths=-/mnt/ssd/lifering" in told


@pytest.mark.parametrize("folder", ["/home/pi/data", "/tmp/data"])
def test_a_folder_that_no_drop_in_can_open_asks_for_another_one(folder: str, tmp_path: Path, systemd: socket.socket) -> None:
    sandbox.tell(Path(folder), "en", machine(tmp_path))

    assert b"take" in systemd.recv(4096)


def test_once_the_service_may_write_there_systemctl_status_says_nothing_of_it(tmp_path: Path, systemd: socket.socket) -> None:
    with capture_logs() as lines:
        root = machine(tmp_path, drop_in="[Service]\nReadWritePaths=-/mnt/ssd/lifering\n")
        sandbox.tell(Path("/mnt/ssd/lifering"), "en", root)

    assert (systemd.recv(4096), lines) == (b"STATUS=", [])


def test_a_gateway_that_somebody_runs_by_hand_is_in_no_sandbox(tmp_path: Path, systemd: socket.socket) -> None:
    with capture_logs() as lines:
        sandbox.tell(Path("/mnt/ssd/lifering"), "en", machine(tmp_path, cgroup="/user.slice/session-1.scope"))

    assert lines == []
    with pytest.raises(BlockingIOError):
        systemd.recv(4096)


def test_a_name_with_a_line_end_tells_systemd_nothing_else(tmp_path: Path, systemd: socket.socket) -> None:
    sandbox.tell(Path("/mnt/ssd\nMAINPID=1"), "en", machine(tmp_path))

    assert b"\n" not in systemd.recv(4096)

"""A real mosquitto on a free loopback port, which can be stopped, killed, frozen and started again on the same port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from fake_devices.free_port import free_port
from fake_devices.patience import HANGS_S
from tests.processes import DIES_WITH_US

OPEN = "allow_anonymous true"

__all__ = ["Mosquitto", "free_port", "wait_for_port"]


class Mosquitto:
    """Used as `with Mosquitto(folder) as broker`; it runs inside.

    `config`: other lines of mosquitto.conf(5) for the gateway's listener at `port`; `access`: its access rules (acl_file),
    everything is allowed without. `platform_port` is a second listener, that no rule touches, for the receiving side.
    """

    def __init__(self, folder: Path, config: Sequence[str] = (OPEN,), access: str = "") -> None:
        self.port, self.platform_port = free_port(), free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._config, self._access = folder / "mosquitto.conf", folder / "mosquitto.acl"
        self._access.write_text(access)
        # With settings of each listener's own mosquitto keeps no sessions since 2.0.12: only where the two differ.
        apart = bool(access) or OPEN not in config
        self._config.write_text(
            "\n".join(
                (
                    "user root",  # started by root it would become another user, who may not write here
                    f"per_listener_settings {str(apart).lower()}",
                    "max_queued_messages 0",
                    "persistence true",
                    f"persistence_location {folder}/",
                    f"listener {self.platform_port} 127.0.0.1",
                    OPEN,
                    f"listener {self.port} 127.0.0.1",
                    *config,
                    f"acl_file {self._access}" if access else "",
                    "",
                )
            )
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop(signal.SIGKILL)

    def start(self) -> None:
        """It listens when this returns."""
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([*DIES_WITH_US, _program(), "-c", str(self._config)], stdout=log, stderr=log)
        wait_for_port(self.port)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM keeps its sessions on disk, SIGKILL does not."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def allow(self, access: str) -> None:
        """Other access rules from now on."""
        self._access.write_text(access)
        os.kill(self._pid, signal.SIGHUP)

    def freeze(self) -> None:
        """It holds its connections and says nothing more."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        os.kill(self._pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        assert self._process
        return self._process.pid


def _program() -> str:
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found, "mosquitto is not installed: apt-get install mosquitto"
    return found


def wait_for_port(port: int, limit_s: float = HANGS_S) -> None:
    """Returns once somebody listens. Raises TimeoutError."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nobody listens on port {port} after {limit_s} s")

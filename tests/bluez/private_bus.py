"""A private D-Bus daemon: started, killed, and started again at the same address."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.processes import DIES_WITH_US

STARTS_AND_HANGS = """[D-BUS Service]
Name=org.bluez
Exec=/bin/sh -c "exec setpriv --pdeathsig KILL sleep 30 >/dev/null 2>&1"
"""
SYSTEM_BUS = "DBUS_SYSTEM_BUS_ADDRESS"  # where bleak looks for the system bus

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <servicedir>{services}</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """`with PrivateBus() as bus:` runs a daemon, and makes it this process's system bus (a child inherits it).

    `bluetoothd_hangs`: it can start one, as Debian's can, which never comes; D-Bus waits for it for 25 s.
    """

    def __init__(self, *, bluetoothd_hangs: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lifering-bus-")  # a socket's path must be short
        self._socket = Path(self._folder.name, "socket")
        self._config = Path(self._folder.name, "bus.conf")
        services = Path(self._folder.name, "services")
        services.mkdir()
        if bluetoothd_hangs:
            (services / "org.bluez.service").write_text(STARTS_AND_HANGS)
        self._config.write_text(CONFIG.format(socket=self._socket, services=services))
        self._daemon: subprocess.Popen[str] | None = None
        self._before = os.environ.get(SYSTEM_BUS)
        self.address = f"unix:path={self._socket}"

    def start(self) -> None:
        """Starts the daemon; it listens when this returns."""
        self._socket.unlink(missing_ok=True)
        dbus_daemon = ["dbus-daemon", f"--config-file={self._config}", "--nofork", "--nopidfile", "--print-address=1"]
        self._daemon = subprocess.Popen(
            [*DIES_WITH_US, *dbus_daemon], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._daemon.stdout is not None
        if not self._daemon.stdout.readline():
            raise RuntimeError("dbus-daemon did not start")

    def kill(self) -> None:
        """Every connection to the bus is lost at once."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.communicate()
            self._daemon = None

    def __enter__(self) -> Self:
        self.start()
        os.environ[SYSTEM_BUS] = self.address
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        os.environ.pop(SYSTEM_BUS, None)
        if self._before is not None:
            os.environ[SYSTEM_BUS] = self._before
        self._folder.cleanup()

"""The serial ports of this machine: which there are at USB, which one is meant, and how one is opened."""

from __future__ import annotations

import contextlib
import termios
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Literal

import serial
from serial.tools import list_ports

from gateway.sources.byte_line import lost
from gateway.sources.port_names import UsbPort, find_port, names_usb

Parity = Literal["none", "even", "odd"]
PARITIES: dict[Parity, str] = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}


class Unflushed(serial.Serial):
    """A port that keeps what came before it was opened: a press may be in it."""

    def _reset_input_buffer(self) -> None:
        """pyserial throws the input away when it opens a port; the frames after noise are found anyway."""


@contextlib.contextmanager
def opened(path: str, baud: int, parity: Parity = "none") -> Iterator[int]:
    """The descriptor of the port: raw, non-blocking, and ours alone. Raises SourceLost."""
    try:
        port = Unflushed(path, baud, parity=PARITIES[parity], timeout=0, exclusive=True)
    except (OSError, ValueError, termios.error) as error:
        raise lost(error) from error
    try:
        yield port.fileno()
    finally:
        with contextlib.suppress(OSError, termios.error):  # a dead port has nothing to drop
            port.reset_output_buffer()  # else close would wait up to 30 s for a device that takes nothing
        port.close()


OpenPort = Callable[[str, int, Parity], AbstractContextManager[int]]


def find(wanted: str) -> str:
    """The path of the port that is meant, as things are plugged in now. Raises SourceLost."""
    return find_port(wanted, usb_ports() if names_usb(wanted) else ())


def usb_ports() -> list[UsbPort]:
    """The serial ports at USB that the system has."""
    return [
        UsbPort(port.device, port.vid, port.pid, port.serial_number)
        for port in list_ports.comports()
        if port.vid is not None and port.pid is not None
    ]

"""A band of the fleet: how it is enrolled, what it has said, and which presses of its key it has told."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from pathlib import Path
from random import Random

from tests.fleet.press import Press, Span


class FleetBand(ABC):
    """`kind`: for the table; `said`: how many messages it has sent; `troubles`: when it was out of reach, or did not work."""

    def __init__(self, kind: str, driver: str, address: str, number: int, key: bytes = b"") -> None:
        self.kind, self.driver, self.address, self.key = kind, driver, address, key
        self.wearer, self.room = f"W-{number:03}", f"{1 + number // 100}-{number % 100:03}"
        self.said = 0
        self.presses: list[Press] = []
        self.troubles: list[Span] = []

    @property
    def has_a_key(self) -> bool:
        """Whether there is a key to call for help with."""
        return True

    @property
    def can_press(self) -> bool:
        """Whether a press would leave the band now."""
        return self.has_a_key

    @abstractmethod
    async def goes_on(self, second: int, chance: Random) -> None:
        """A second of its life."""

    @abstractmethod
    def _presses_key(self) -> float:
        """The wearer presses. Until when it is told, seconds of the loop's clock."""

    def presses_key(self) -> Press:
        """The wearer presses the key."""
        at_s, at_ms = asyncio.get_running_loop().time(), time.time_ns() // 1_000_000
        self.said += 1
        self.presses.append(Press(at_s, at_ms, self._presses_key()))
        return self.presses[-1]

    def enrolment(self, folder: Path) -> str:
        """Its table of `gateway.toml`; its key lies in this folder."""
        lines = [f'[[wristband]]\naddress = "{self.address}"\ndriver = "{self.driver}"']
        lines.append(f'wearer = "{self.wearer}"\nroom = "{self.room}"')
        if self.key:
            file = folder / f"{self.wearer}.key"
            file.touch(mode=0o600)
            file.write_text(self.key.hex(), encoding="ascii")
            lines.append(f'key_file = "{file}"')
        return "\n".join([*lines, ""])


def address(number: int) -> str:
    """A static random address of Bluetooth."""
    return f"C0:F1:EE:00:{number >> 8:02X}:{number & 255:02X}"

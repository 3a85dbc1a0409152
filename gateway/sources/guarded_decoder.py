"""The decoder of a serial line behind the wall: a bug in its driver costs the frame that it failed on, and no other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from drivers.driver import Item, SerialDriver, StreamDecoder
from gateway.driver_bugs import DriverFailed, DriverFaults, validate_items
from gateway.errors import SourceLost

T = TypeVar("T")


class GuardedDecoder:
    """`begun`: a decoder that may have the beginning of a frame; `decoder`: the one that reads now.

    Raises SourceLost, here and in `feed`, where the driver has none, or is switched off: nobody can read this line.
    """

    def __init__(self, driver: SerialDriver, faults: DriverFaults, port: str, begun: StreamDecoder | None) -> None:
        self._driver, self._faults, self._port = driver, faults, port
        self.decoder = begun or self._new()

    def feed(self, data: bytes) -> list[Item]:
        """What became whole. A decoder that fails is renewed and gets the bytes one by one."""
        try:
            return self._fed(data)
        except DriverFailed:
            self.decoder = self._new()
        items: list[Item] = []
        for at in range(len(data)):
            try:
                items += self._fed(data[at : at + 1])
            except DriverFailed:
                self.decoder = self._new()
        return items

    def close(self) -> list[Item]:
        """What is begun is not finished."""
        try:
            return self._validated(self._ask(self.decoder.close))
        except DriverFailed:
            return []

    def _fed(self, data: bytes) -> list[Item]:
        return self._validated(self._ask(partial(self.decoder.feed, data)))

    def _validated(self, items: list[Item]) -> list[Item]:
        return validate_items(self._driver.name, items, self._faults, self._port)

    def _new(self) -> StreamDecoder:
        try:
            return self._ask(self._driver.decoder)
        except DriverFailed as why:
            raise SourceLost("failed") from why

    def _ask(self, call: Callable[[], T]) -> T:
        return self._faults.ask(self._driver.name, call, name=self._port, port=self._port)

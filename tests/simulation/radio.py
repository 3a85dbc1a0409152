"""The air of a simulation: a pendant, a stranger, and an adapter at the seam of bleak that vanishes and comes back."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, copy_context
from random import Random

from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from fake_devices.bands.broadcaster import Broadcaster
from fake_devices.bands.pendant import Pendant
from fake_devices.ble_link import advertising_data
from fake_devices.ble_link.advertising_data import Advert
from fake_devices.ble_link.scanner import VirtualScanner
from tests.simulation.loop import SimulationLoop

ADAPTER = "hci0"
PENDANT, STRANGER = "54:48:E6:8F:80:A5", "C0:00:00:00:00:99"
ALIVE_S, STRANGER_S = 600.0, 20.0  # the stranger keeps the scan from being begun anew for silence
FRAME = advertising_data.build(manufacturer_data={0xFFFF: b"somebody's telephone"})


class Air:
    """In the place of the adapter, and of the air of a Broadcaster. `lost`: of the frames so many are heard by nobody."""

    name = ADAPTER
    lost = 0.2

    def __init__(self, loop: SimulationLoop, chance: Random) -> None:
        self.random = chance
        self.plugged_in = True
        self._loop = loop
        self._listeners: list[tuple[Callable[[Advert], None], Context]] = []

    @property
    def scanner(self) -> type[BaseBleakScanner]:
        """What bleak is given."""
        return type("Scanner", (VirtualScanner,), {"adapters": {ADAPTER: self}})

    @property
    def is_heard(self) -> bool:
        """Whether a scan goes on."""
        return bool(self._listeners)

    def strength_dbm(self, _address: str) -> int:
        """Always the same."""
        return -60

    def advertise(self, advert: Advert) -> None:
        """To whoever scans; a life that stands still hears it when it goes on."""
        if self.random.random() >= self.lost:
            for listener, context in self._listeners:
                self._loop.call_soon(listener, advert, context=context)

    def listen(self, listener: Callable[[Advert], None]) -> Callable[[], None]:
        """A scan begins. Raises what bleak raises without an adapter."""
        if not self.plugged_in:
            raise BleakBluetoothNotAvailableError("no adapter", BleakBluetoothNotAvailableReason.NO_BLUETOOTH)
        one = listener, copy_context()
        self._listeners.append(one)
        return lambda: self._listeners.remove(one) if one in self._listeners else None

    def vanishes(self) -> None:
        """The adapter is pulled out."""
        self.plugged_in = False
        self._listeners.clear()

    def comes_back(self) -> None:
        """It can scan; what scanned before hears nothing more."""
        self.plugged_in = True

    def reader_died(self) -> None:
        """The process that scanned is gone."""
        self._listeners.clear()


class Radio:
    """All that is in the air."""

    def __init__(self, loop: SimulationLoop, chance: Random) -> None:
        self.air = Air(loop, chance)
        self.pendant = Pendant(self.air, PENDANT, alive_every_s=ALIVE_S)  # type: ignore[arg-type]
        self.stranger = Broadcaster(self.air, STRANGER, STRANGER_S, lambda: self.stranger.sends(FRAME))  # type: ignore[arg-type]

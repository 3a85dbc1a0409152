"""What bluetoothd would find in the room: adapters that are plugged in, and devices in reach with what is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dbus_fast import Variant


@dataclass
class Characteristic:
    """A characteristic of a device: its value, and what was written to it.

    `read_error`, `subscribe_error`: the D-Bus error (name, text) that it is answered with. `bonded_only`: it opens to who is
    bonded, and has others pair.
    """

    uuid: str
    flags: list[str]
    value: bytes = b""
    written: list[bytes] = field(default_factory=list)
    read_error: tuple[str, str] | None = None
    subscribe_error: tuple[str, str] | None = None
    bonded_only: bool = False


class Peer(Protocol):
    """What has a life of its own behind a device: it is really connected to, and answers for itself. Each raises DBusError."""

    async def connect(self) -> Mapping[str, Sequence[Characteristic]]:
        """The link stands: its services."""
        ...

    async def hang_up(self) -> None:
        """The link ends from our side; nothing where none stands."""
        ...

    async def read(self, characteristic: Characteristic) -> bytes:
        """The value now."""
        ...

    async def write(self, characteristic: Characteristic, value: bytes, *, response: bool) -> None:
        """Takes a value."""
        ...

    async def notifies(self, characteristic: Characteristic, on: bool) -> None:
        """Begins or ends to notify."""
        ...


@dataclass
class Device:
    """A device in reach. It is on the D-Bus once it was heard while somebody scanned.

    `connect_s`: how long a connect takes; `connect_error`: why it fails. `resolved_early`: ServicesResolved comes before
    the services do (bluez/bluez issue 1489). `answers`: nothing when it does not, though the link stands; `kills`: bluetoothd
    dies of its connect. `data`: the AD structures that were heard last. `peer`: it answers in the place of `services`.
    `pairing_mode`: it lets itself be paired; `passkey`: only by who knows this. `hangs_up_without_key`: the
    link ends at once with who has a key that it lost. `bonds`: the addresses of the adapters that it
    has a bond with. `private`: the resolvable private address under which it advertises now.
    """

    address: str
    services: dict[str, list[Characteristic]] = field(default_factory=dict)
    connect_s: float = 0.05
    connect_error: tuple[str, str] | None = None
    resolved_early: bool = False
    answers: bool = True
    kills: bool = False
    data: bytes = b""
    connected: bool = False
    discovered: bool = False
    pairing_mode: bool = True
    passkey: int | None = None
    hangs_up_without_key: bool = False
    bonds: set[str] = field(default_factory=set)
    private: str = ""
    peer: Peer | None = None

    def characteristic(self, uuid: str) -> Characteristic:
        """The first with this UUID."""
        return next(each for service in self.services.values() for each in service if each.uuid == uuid)


@dataclass
class Adapter:
    """An adapter, and who scans with it: D-Bus sender -> discovery filter.

    `rejects_stop`: so many of the next StopDiscovery calls fail, and leave it `stale`: bluetoothd believes that the kernel
    scans, and it does not (bluez/bluez issue 807, mended in BlueZ 5.88).
    `kernel_scans`: for a bluetoothd that was killed; any other scan is refused until the adapter is switched off, or until 10 s
    are over. `is_deaf`: it scans and hears nobody, until it is switched off or plugged in anew; `for_good`: whatever is done.
    `filters_by_address`: it tells each device once in a scan, unless it is asked for repeats by one of the `monitors`.
    `bonds`: the devices whose keys bluetoothd has on its disk for this adapter.
    """

    path: str
    address: str
    discovering: dict[str, dict[str, Variant]] = field(default_factory=dict)
    filters: dict[str, dict[str, Variant]] = field(default_factory=dict)
    rejects_stop: int = 0
    stale: bool = False
    kernel_scans: bool = False
    is_deaf: bool = False
    for_good: bool = False
    filters_by_address: bool = False
    monitors: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    bonds: set[str] = field(default_factory=set)

    @property
    def hears(self) -> bool:
        """Whether somebody scans, the kernel does too, and the radio works."""
        return bool(self.discovering) and not self.stale and not self.is_deaf

    def leaves_out(self, address: str) -> bool:
        """Whether the radio itself filters this report."""
        left_out = self.filters_by_address and not self.monitors and address in self.told
        self.told.add(address)
        return left_out

    @property
    def tells_repeats(self) -> bool:
        """Whether somebody wants equal data told again."""
        return any("DuplicateData" in one and one["DuplicateData"].value for one in self.discovering.values())


@dataclass
class Room:
    """Adapters by name, devices by address."""

    adapters: dict[str, Adapter] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)

    def behind(self, private: str) -> Device | None:
        """Whose resolvable private address this is now."""
        return next((device for device in self.devices.values() if device.private == private), None)

"""Which adapter is meant: hci0 and hci1 change places when things are plugged in, their addresses do not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus

from gateway.errors import SourceLost

ADDRESS = re.compile(r"([0-9A-F]{2}:){5}[0-9A-F]{2}", re.IGNORECASE)


def wanted_adapters(named: Sequence[str]) -> list[str]:
    """Those named, or else all that the kernel has now, or else "": the first one that BlueZ will have."""
    here = sorted(path.name for path in Path("/sys/class/bluetooth").glob("hci*") if ":" not in path.name)
    return list(named) or here or [""]


async def adapter_name(wanted: str) -> str:
    """The name that an adapter has now; a name stands for itself. Raises SourceLost when no adapter has this address."""
    return find_adapter(wanted, await addresses()) if ADDRESS.fullmatch(wanted) else wanted


def find_adapter(address: str, addresses: Mapping[str, str]) -> str:
    """The name of the adapter with this address. Raises SourceLost."""
    for name, its in addresses.items():
        if its.upper() == address.upper():
            return name
    raise SourceLost("absent")


async def addresses() -> dict[str, str]:
    """Name and address of each adapter that BlueZ has. Raises what D-Bus raises."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        call = Message("org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        objects = (await bus.call(call)).body[0]
    finally:
        bus.disconnect()
    return {
        path.rsplit("/", 1)[1]: interfaces["org.bluez.Adapter1"]["Address"].value
        for path, interfaces in objects.items()
        if "org.bluez.Adapter1" in interfaces
    }

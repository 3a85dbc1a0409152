"""What can be done for an adapter without root: switch it off and on through BlueZ, and reset its USB device where it may.

The library `bluetooth-auto-recovery` does the same over the kernel's management socket, which needs CAP_NET_ADMIN, and the
service has no capability (docs/decisions.md).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus

from gateway.completion import run_to_completion
from gateway.errors import SourceLost
from gateway.sources.ble import usb_reset
from gateway.sources.ble.adapter_recovery import Step
from gateway.sources.ble.adapters import ADAPTER
from gateway.sources.ble.bluez_watch import BLUEZ, PROPERTIES, call, system_bus

GRACE_S = 2.5  # off, and as long again for on: what hangs must leave some of the ten seconds that stopping the daemon may take


class AdapterMeans:
    """Of this machine; `root`: where /sys and /dev are."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def can_reset(self, adapter: str) -> bool:
        """Whether it is a USB device that this process may reset."""
        node = usb_reset.device_of(adapter, self._root)
        return node is not None and usb_reset.is_open_to_us(node)

    async def take(self, step: Step, adapter: str) -> None:
        """Does it to its end, also when cancelled: an adapter that stays off would hear nobody. One that hangs is then left
        after some seconds. Raises SourceLost."""
        match step:
            case "USB reset":
                await run_to_completion(self._reset(adapter), GRACE_S)
            case "power cycle":
                await run_to_completion(_cycle(adapter), GRACE_S)
            case "switch on":
                async with system_bus() as bus:
                    await _switch(bus, adapter, on=True)
            case "new scan":
                pass

    async def _reset(self, adapter: str) -> None:
        node = usb_reset.device_of(adapter, self._root)
        if node is None:
            raise SourceLost("absent")
        await asyncio.to_thread(usb_reset.reset, node)


async def _cycle(adapter: str) -> None:
    async with system_bus() as bus:
        try:
            await _switch(bus, adapter, on=False)
        finally:
            await _switch(bus, adapter, on=True)


async def _switch(bus: MessageBus, adapter: str, *, on: bool) -> None:
    body = [ADAPTER, "Powered", Variant("b", on)]
    await call(bus, Message(BLUEZ, f"/org/bluez/{adapter}", PROPERTIES, "Set", signature="ssv", body=body))

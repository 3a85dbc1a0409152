"""Every private name of bleak that is used: why its public interface is not enough."""

from __future__ import annotations

from typing import Any, Final

from bleak.backends.bluezdbus.manager import get_global_bluez_manager

OF_BLEAK: Final = ("_iter_device_props", "_bus")


async def known_devices() -> dict[str, dict[str, Any]]:
    """What bluetoothd keeps of each device now, by path: the very objects that a scan would hand over with the next signal.

    A scanner tells its callback of nothing that was there before it. Raises what bleak raises.
    """
    manager = await get_global_bluez_manager()
    return {path: dict(properties) for path, properties in manager._iter_device_props()}


async def forget_devices() -> None:
    """What bleak remembers is void, after a bluetoothd that told nobody of its end: it asks for all of it anew, next time.

    Else it would take links for standing that are gone, and neither connect nor be told otherwise. Raises what bleak raises.
    """
    manager = await get_global_bluez_manager()
    if manager._bus is not None:
        manager._bus.disconnect()

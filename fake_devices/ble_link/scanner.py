"""bleak's scanner on a virtual adapter: `BleakScanner(..., backend=...)` hears the virtual bands."""
# mypy: disable-error-code="explicit-override"
# (what is overridden are bleak's abstract methods; typing has @override from Python 3.12 on)

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.exc import BleakError

from fake_devices.ble_link import advertising_data
from fake_devices.ble_link.adapter import Adapter
from fake_devices.ble_link.advertising_data import Advert


def pick(adapters: dict[str, Adapter], name: str | None) -> Adapter:
    """The adapter of this name, or the first; raises what bleak raises when there is none of that name."""
    if name is None:
        return next(iter(adapters.values()))
    if name not in adapters:
        raise BleakError(f"adapter '{name}' not found")
    return adapters[name]


class VirtualScanner(BaseBleakScanner):
    """Reports what the adapter hears."""

    adapters: ClassVar[dict[str, Adapter]]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",
        *,
        bluez: BlueZScannerArgs,
        **_of_other_platforms: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self.adapter = pick(self.adapters, bluez.get("adapter"))
        self._active = scanning_mode == "active"
        self._stop: Callable[[], None] | None = None

    async def start(self) -> None:
        """Begins to listen."""
        if self._stop is not None:
            raise BleakError("Scanner is already running")
        self.seen_devices = {}
        self._stop = self.adapter.listen(self._on_advert)

    async def stop(self) -> None:
        """Listens no more."""
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _on_advert(self, advert: Advert) -> None:
        data = _advertisement_data(advert, self._active)
        if not self.is_allowed_uuid(data.service_uuids):
            return
        name = data.local_name or self._known_name(advert.address)
        details = {"adapter": self.adapter.name}
        device = self.create_or_update_device(advert.address, advert.address, name, details, data)
        self.call_detection_callbacks(device, data)

    def _known_name(self, address: str) -> str | None:
        known = self.seen_devices.get(address)
        return known[0].name if known else None


def _advertisement_data(advert: Advert, active: bool) -> AdvertisementData:
    """As BlueZ tells it: advertisement and scan response in one, the latter only when it was asked for."""
    said = advertising_data.read(advert.data + advert.scan_response if active else advert.data)
    manufacturer_data, service_data, services = dict(said.manufacturer_data), dict(said.service_data), list(said.service_uuids)
    properties = {"ManufacturerData": manufacturer_data, "ServiceData": service_data, "UUIDs": services}
    return AdvertisementData(
        local_name=said.name,
        manufacturer_data=manufacturer_data,
        service_data=service_data,
        service_uuids=services,
        tx_power=said.tx_power,
        rssi=advert.rssi,
        platform_data=(advert.address, properties),
    )

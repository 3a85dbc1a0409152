"""A band that is connected through a relay: what `GattClient` is for an adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

import structlog
from aioesphomeapi.client import APIClient
from aioesphomeapi.core import BluetoothGATTAPIError
from aioesphomeapi.model import BluetoothGATTCharacteristic, ESPHomeBluetoothGATTServices

from drivers.driver import Services
from gateway.awake import awake_timeout
from gateway.errors import SourceLost
from gateway.sources.ble.bleak_errors import WANTS_A_BOND
from gateway.sources.ble.relays.raw_advertisement import printed

log = structlog.get_logger()

STEP_S = 5.0
LONGEST_READ_S = 30.0
# Characteristic properties, from bit 0 on (Core Specification, Vol 3, Part G, 3.3.1.1), as bleak spells them
PROPERTIES = (
    "broadcast",
    "read",
    "write-without-response",
    "write",
    "notify",
    "indicate",
    "authenticated-signed-writes",
    "extended-properties",
)
CONFIGURATION = "00002902-0000-1000-8000-00805f9b34fb"  # Client Characteristic Configuration: the relay leaves writing it to us
NOTIFIES, INDICATES = b"\x01\x00", b"\x02\x00"


class RelayedBand:
    """A step that it refuses, or does not answer in time, gives False or None and no error.

    `wants_bond`: it refused one that only a bond opens, which a relay does not make.
    """

    def __init__(self, client: APIClient, address: int, services: ESPHomeBluetoothGATTServices) -> None:
        self.wants_bond = False
        self._client, self._address = client, address
        self._found = [(service.uuid.lower(), each) for service in services.services for each in service.characteristics]
        offered: dict[str, dict[str, frozenset[str]]] = {service.uuid.lower(): {} for service in services.services}
        for service, each in self._found:
            offered[service][each.uuid.lower()] = properties_of(each.properties)
        self.services = Services(offered)

    async def subscribe(self, characteristic: str, service: str | None, on_value: Callable[[str, bytes], None]) -> bool:
        """Notifications or indications, whichever there are, go to `on_value` from now on."""
        found = self._find(characteristic, service)
        if found is None:
            return False
        try:
            async with limited(2 * STEP_S):  # each of the two has its own, of the library: cancelled, it would not forget us
                await self._client.bluetooth_gatt_start_notify(
                    self._address, found.handle, lambda _handle, value: on_value(characteristic, bytes(value)), STEP_S
                )
                await self._configure(found)
        except SourceLost as why:
            return self._refused("subscribe", characteristic, why)
        return True

    async def read(self, characteristic: str, service: str | None, limit_s: float) -> bytes | None:
        """A value."""
        found = self._find(characteristic, service)
        if found is None:
            return None
        try:
            async with limited(min(limit_s, LONGEST_READ_S)):
                return bytes(await self._client.bluetooth_gatt_read(self._address, found.handle, LONGEST_READ_S))
        except SourceLost as why:
            self._refused("read", characteristic, why)
            return None

    async def write(self, characteristic: str, service: str | None, data: bytes, response: bool) -> bool:
        """Whether the band took it; without a response: whether it went out."""
        found = self._find(characteristic, service)
        if found is None:
            return False
        try:
            async with limited(STEP_S):
                await self._client.bluetooth_gatt_write(self._address, found.handle, data, response, STEP_S)
        except SourceLost as why:
            return self._refused("write", characteristic, why)
        return True

    async def _configure(self, found: BluetoothGATTCharacteristic) -> None:
        value = NOTIFIES if "notify" in properties_of(found.properties) else INDICATES
        for descriptor in found.descriptors:
            if descriptor.uuid.lower() == CONFIGURATION:
                await self._client.bluetooth_gatt_write_descriptor(self._address, descriptor.handle, value, STEP_S)

    def _find(self, characteristic: str, service: str | None) -> BluetoothGATTCharacteristic | None:
        of_it = (one for uuid, one in self._found if service in (None, uuid) and one.uuid.lower() == characteristic)
        return next(of_it, None)

    def _refused(self, step: str, characteristic: str, why: SourceLost) -> Literal[False]:
        error = why.__cause__
        self.wants_bond |= isinstance(error, BluetoothGATTAPIError) and error.error.error in WANTS_A_BOND
        log.debug("step refused", device=printed(self._address), step=step, of=characteristic, why=str(why))
        return False


def properties_of(bits: int) -> frozenset[str]:
    """By their names."""
    return frozenset(name for bit, name in enumerate(PROPERTIES) if bits >> bit & 1)


@asynccontextmanager
async def limited(seconds: float, word: Callable[[Exception], str] = lambda _: "no answer") -> AsyncIterator[None]:
    """A step of the library with its deadline. Raises SourceLost, whatever went wrong, in this `word`."""
    try:
        async with awake_timeout(seconds):
            yield
    except SourceLost:
        raise
    except Exception as error:  # what a relay has sent may break the library anywhere
        raise SourceLost(word(error)) from error

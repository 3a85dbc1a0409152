"""The air between virtual bands and virtual adapters: Bumble's link, with range, loss, signal strength, scan responses.

Bumble's own `LocalLink` hands every PDU to every controller, knows no signal strength and repeats the advertisement
where the scan response belongs. Here an advertisement goes to who listens, and everything else to whom it is addressed.
Times are the event loop's, so that a test may move them.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden is Bumble's; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from bumble import controller as bumble_controller
from bumble import core, hci, ll
from bumble.link import LocalLink

from fake_devices.ble_link.advertising_data import Advert

Listener = Callable[[Advert], None]
SUPERVISION_S = 4.0  # a usual supervision timeout: most bands ask for 4 s (the kernel's own is 420 ms)


class Air(LocalLink):
    """One room: who is in it, who is heard how well."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.random = random.Random(1)
        self.rssi_dbm: dict[str, int] = {}
        self.out_of_range: set[str] = set()
        self._listeners: list[Listener] = []
        self._centrals: list[bumble_controller.Controller] = []
        self._by_address: dict[hci.Address, bumble_controller.Controller] = {}

    # --- what bands do

    def advertise(self, advert: Advert) -> None:
        """Sends one advertising event to everybody who listens."""
        if advert.address in self.out_of_range:
            return
        for listener in tuple(self._listeners):
            listener(advert)

    def strength_dbm(self, address: str) -> int:
        """Signal strength right now: it wanders by a few dB around the band's own."""
        return self.rssi_dbm.get(address, -60) + self.random.randint(-3, 3)

    def lose(self, address: str, after_s: float = SUPERVISION_S) -> None:
        """The band walks away: silent at once, its connections end when the supervision timeout has run out."""
        self.out_of_range.add(address)
        asyncio.get_running_loop().call_later(after_s, self._end_connections, address)

    def find_again(self, address: str) -> None:
        """The band is back in reach."""
        self.out_of_range.discard(address)

    # --- what adapters do

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hears every advertisement from now on, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def add_central(self, controller: bumble_controller.Controller) -> None:
        """This controller connects to bands: it is shown the advertisement that it waits for."""
        self._centrals.append(controller)
        self._by_address[controller.public_address] = controller

    # --- what Bumble's controllers ask of their link

    def on_address_changed(self, controller: bumble_controller.Controller) -> None:
        """A controller has a new random address."""
        self._by_address[controller.random_address] = controller

    def remove_controller(self, controller: bumble_controller.Controller) -> None:
        """A controller is switched off."""
        super().remove_controller(controller)
        self._centrals = [each for each in self._centrals if each is not controller]
        self._by_address = {address: each for address, each in self._by_address.items() if each is not controller}

    def find_le_controller(self, address: hci.Address) -> bumble_controller.Controller | None:
        """Who has this address."""
        return self._by_address.get(address)

    def send_acl_data(
        self,
        sender_controller: bumble_controller.Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        """Data on a connection; lost where one of the two is out of range."""
        # Bumble takes the sender's random address as it is now; Linux changes it for each scan, connections or not
        connection = sender_controller.le_connections.get(destination_address)
        other = self.find_le_controller(destination_address)
        if connection is None or other is None:
            return
        if self.out_of_range.isdisjoint((_spelled(connection.self_address), _spelled(destination_address))):
            asyncio.get_running_loop().call_soon(other.on_link_acl_data, connection.self_address, transport, data)

    def send_advertising_pdu(self, sender_controller: bumble_controller.Controller, packet: ll.AdvertisingPdu) -> None:
        """A connectable band's advertisement, or an adapter's answer to one."""
        match packet:
            case ll.ConnectInd():
                self._connect(packet)
            case ll.AdvInd() | ll.AdvExtInd():
                self._advertise_pdu(sender_controller, packet)

    def _connect(self, packet: ll.ConnectInd) -> None:
        band = self.find_le_controller(packet.advertiser_address)
        if band is not None:
            asyncio.get_running_loop().call_soon(band.on_ll_advertising_pdu, packet)

    def _advertise_pdu(self, sender: bumble_controller.Controller, packet: ll.AdvInd | ll.AdvExtInd) -> None:
        address = _spelled(packet.advertiser_address)
        if address not in self.out_of_range:
            self._offer_to_centrals(packet)
        scan_response = _scan_response(sender, packet.advertiser_address)
        self.advertise(Advert(address, bytes(packet.data), scan_response, self.strength_dbm(address), connectable=True))

    def _offer_to_centrals(self, packet: ll.AdvInd | ll.AdvExtInd) -> None:
        for central in self._centrals:
            if central.pending_le_connection is not None:
                asyncio.get_running_loop().call_soon(central.on_ll_advertising_pdu, packet)

    def _end_connections(self, address: str) -> None:
        band = self.find_le_controller(hci.Address(address))
        if band is None or address not in self.out_of_range:
            return
        for connection in tuple(band.le_connections.values()):
            other = self.find_le_controller(connection.peer_address)
            _end(connection)
            if other and (back := other.le_connections.get(hci.Address(address))):
                _end(back)


def _end(connection: bumble_controller.Connection) -> None:
    connection.controller.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)


def _spelled(address: hci.Address) -> str:
    return address.to_string(with_type_qualifier=False)


def _scan_response(sender: bumble_controller.Controller, address: hci.Address) -> bytes:
    for advertising_set in sender.advertising_sets.values():
        if advertising_set.address == address:
            return bytes(advertising_set.scan_response_data)
    return sender.le_legacy_advertiser.scan_response_data

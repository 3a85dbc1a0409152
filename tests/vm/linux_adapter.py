"""In the guest: an adapter that Linux takes for a real one (/dev/vhci), in the air of the virtual bands.

The kernel's half is hci_vhci, the controller is Bumble's. It tells advertisements as a real one does: no repeats while Linux
asks for none, and where it `filters_by_address`, none of a sender that it has told in this scan, whatever that says now.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden is Bumble's; typing has @override from Python 3.12 on)

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bumble import hci, ll
from bumble.transport import open_transport

from fake_devices.ble_link.adapter import CentralController
from fake_devices.ble_link.advertising_data import Advert
from fake_devices.ble_link.air import Air

Report = hci.HCI_LE_Advertising_Report_Event.Report
Kind = hci.HCI_LE_Advertising_Report_Event.EventType
ACTIVE = 1  # LE Set Scan Parameters, LE_Scan_Type
ENHANCED = 1 << 9  # LE Set Event Mask: LE Enhanced Connection Complete comes instead of the plain event


class LinuxController(CentralController):
    """A controller for the kernel."""

    filters_by_address = False
    _told: set[object]  # since the scan was switched on

    def on_hci_reset_command(self, command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        """Links do not outlive it."""
        self.le_scan_enable = False
        self.end_links()
        return super().on_hci_reset_command(command)

    def on_hci_le_set_scan_enable_command(self, command: hci.HCI_LE_Set_Scan_Enable_Command) -> hci.HCI_StatusReturnParameters:
        """A scan begins with nobody told of."""
        self._told = set()
        return super().on_hci_le_set_scan_enable_command(command)

    def hear(self, advert: Advert) -> None:
        """Reports it, if Linux scans and wants it."""
        if not self.le_scan_enable or self._left_out(advert):
            return
        self._report(advert, Kind.ADV_IND if advert.connectable else Kind.ADV_SCAN_IND, advert.data)
        if self.le_scan_type == ACTIVE:
            self._report(advert, Kind.SCAN_RSP, advert.scan_response)

    def _left_out(self, advert: Advert) -> bool:
        if not self.filter_duplicates:
            return False
        said = advert.address if self.filters_by_address else (advert.address, advert.data, advert.scan_response)
        left_out = said in self._told
        self._told.add(said)
        return left_out

    def _report(self, advert: Advert, kind: int, data: bytes) -> None:
        address = hci.Address(advert.address)
        report = Report(event_type=kind, address_type=address.address_type, address=address, data=data, rssi=advert.rssi)
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Bumble knows the plain event of a connection only; Linux would await the other for 4 s, and scan not before."""
        if isinstance(packet, hci.HCI_LE_Connection_Complete_Event) and self.le_event_mask & ENHANCED:
            packet = _enhanced(packet)
        super().send_hci_packet(packet)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Only to connect: reports come from the air."""
        if self.pending_le_connection and self.pending_le_connection.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def end_links(self) -> None:
        """As the supervision timeout ends them on the side of the bands."""
        for connection in tuple(self.le_connections.values()):
            band = self.link.find_le_controller(connection.peer_address)
            for back in tuple(band.le_connections.values()) if band else ():
                with contextlib.suppress(Exception):  # of Bumble, where the band was about to end it itself
                    band.on_le_disconnected(back, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)  # type: ignore[union-attr]
        self.le_connections.clear()


class _Kernel:
    """Where the controller's packets go. One that the kernel refuses (the adapter is down) must not close the device."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def on_packet(self, packet: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._descriptor, bytes(packet))


@asynccontextmanager
async def linux_adapter(air: Air, address: str) -> AsyncIterator[LinuxController]:
    """Plugged in as long as one is inside."""
    public = hci.Address(address, hci.Address.PUBLIC_DEVICE_ADDRESS)
    async with await open_transport("vhci") as transport:
        kernel = _Kernel(transport.sink.transport.get_extra_info("pipe").fileno())
        controller = LinuxController(
            "vhci",
            host_source=transport.source,
            host_sink=kernel,
            link=air,
            public_address=public,
        )
        air.add_central(controller)
        deaf: Callable[[], None] = air.listen(controller.hear)
        try:
            yield controller
        finally:
            controller.end_links()
            deaf()
            air.remove_controller(controller)


def _enhanced(plain: hci.HCI_LE_Connection_Complete_Event) -> hci.HCI_LE_Enhanced_Connection_Complete_Event:
    return hci.HCI_LE_Enhanced_Connection_Complete_Event(
        status=plain.status,
        connection_handle=plain.connection_handle,
        role=plain.role,
        peer_address_type=plain.peer_address_type,
        peer_address=plain.peer_address,
        local_resolvable_private_address=hci.Address.ANY_RANDOM,
        peer_resolvable_private_address=hci.Address.ANY_RANDOM,
        connection_interval=plain.connection_interval,
        peripheral_latency=plain.peripheral_latency,
        supervision_timeout=plain.supervision_timeout,
        central_clock_accuracy=plain.central_clock_accuracy,
    )

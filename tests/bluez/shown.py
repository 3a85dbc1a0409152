"""How bluetoothd shows adapters, devices and their GATT on the D-Bus: paths, interfaces and properties. Pure."""

from __future__ import annotations

from dbus_fast import Variant

from fake_devices.ble_link import advertising_data
from tests.bluez.names import ADAPTER, CHARACTERISTIC, DEVICE, SERVICE
from tests.bluez.room import Adapter, Characteristic, Device

Properties = dict[str, Variant]
Interfaces = dict[str, Properties]

FIRST_HANDLE = 0x0A
MTU = 247


def adapter_objects(adapter: Adapter) -> Interfaces:
    """An adapter that is switched on."""
    name = adapter.path.rsplit("/", 1)[1]
    return {
        ADAPTER: {
            "Address": Variant("s", adapter.address),
            "AddressType": Variant("s", "public"),
            "Name": Variant("s", name),
            "Alias": Variant("s", name),
            "Powered": Variant("b", True),
            "Discovering": Variant("b", False),
            "UUIDs": Variant("as", []),
            "Roles": Variant("as", ["central", "peripheral"]),
        }
    }


def device_path(adapter: Adapter, address: str) -> str:
    """Where a device is that this adapter has heard."""
    return f"{adapter.path}/dev_{address.replace(':', '_')}"


def device_objects(adapter: Adapter, device: Device, data: bytes, rssi: int) -> Interfaces:
    """A device that was just heard."""
    properties = {
        "Address": Variant("s", device.address),
        "AddressType": Variant("s", "random"),
        "Alias": Variant("s", device.address.replace(":", "-")),
        "Paired": Variant("b", device.address in adapter.bonds),
        "Bonded": Variant("b", device.address in adapter.bonds),
        "Trusted": Variant("b", False),
        "Connected": Variant("b", False),
        "UUIDs": Variant("as", []),
        "Adapter": Variant("o", adapter.path),
        "ServicesResolved": Variant("b", False),
        "RSSI": Variant("n", rssi),
    }
    return {DEVICE: properties | data_properties(data)}


def data_properties(data: bytes) -> Properties:
    """What an advertisement says, merged as BlueZ merges it."""
    said = advertising_data.read(data)
    properties: Properties = {}
    if said.name is not None:
        properties["Name"] = properties["Alias"] = Variant("s", said.name)
    if said.service_uuids:
        properties["UUIDs"] = Variant("as", list(said.service_uuids))
    if said.manufacturer_data:
        of_companies = {company: Variant("ay", each) for company, each in said.manufacturer_data.items()}
        properties["ManufacturerData"] = Variant("a{qv}", of_companies)
    if said.service_data:
        of_services = {uuid: Variant("ay", each) for uuid, each in said.service_data.items()}
        properties["ServiceData"] = Variant("a{sv}", of_services)
    return properties


def gatt_objects(device: Device, path: str) -> list[tuple[str, Interfaces, Characteristic | None]]:
    """Services and characteristics, with handles in their paths; the last of each row is the characteristic behind it."""
    rows: list[tuple[str, Interfaces, Characteristic | None]] = []
    handle = FIRST_HANDLE
    for uuid, characteristics in device.services.items():
        service = f"{path}/service{handle:04x}"
        primary = {"UUID": Variant("s", uuid), "Primary": Variant("b", True), "Device": Variant("o", path)}
        rows.append((service, {SERVICE: primary}, None))
        handle += 1
        for each in characteristics:
            rows.append((f"{service}/char{handle:04x}", {CHARACTERISTIC: _characteristic(each, service)}, each))
            handle += 3  # declaration, value, perhaps a descriptor
    return rows


def _characteristic(each: Characteristic, service: str) -> Properties:
    return {
        "UUID": Variant("s", each.uuid),
        "Service": Variant("o", service),
        "Value": Variant("ay", b""),
        "Flags": Variant("as", each.flags),
        "MTU": Variant("q", MTU),
        "Notifying": Variant("b", False),
    }

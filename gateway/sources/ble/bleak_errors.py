"""What bleak and D-Bus raise, as one of a few fixed words. Pure."""

from __future__ import annotations

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
)

NOT_PAIRED = "not paired"

REASONS = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "absent",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: "cannot",
    BleakBluetoothNotAvailableReason.POWERED_OFF: "powered off",
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: "no permission",
}
DBUS_ERRORS = {
    "org.bluez.Error.InProgress": "busy",
    "org.bluez.Error.NotReady": "powered off",
    "org.freedesktop.DBus.Error.AccessDenied": "no permission",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "no bluetoothd",
    "org.freedesktop.DBus.Error.ServiceUnknown": "no bluetoothd",
    "org.freedesktop.DBus.Error.UnknownObject": "absent",
}
# Insufficient authentication, authorization, encryption key size, encryption (Core Specification, volume 3, part F, 3.4.1.1):
# what a bond opens, and nothing else is.
WANTS_A_BOND = frozenset({0x05, 0x08, 0x0C, 0x0F})
# BlueZ has this one text for three of them (`create_gatt_dbus_error` in its src/gatt-client.c), which bleak leaves as it is.
NO_BOND_OF_BLUEZ = ("org.bluez.Error.NotPermitted", "Not paired")


def word(error: Exception) -> str:
    """Why something failed."""
    match error:
        case BleakBluetoothNotAvailableError():
            return REASONS.get(error.reason, "failed")
        case BleakGATTProtocolError() if error.code in WANTS_A_BOND:
            return NOT_PAIRED
        case BleakDBusError() if error.args[:2] == NO_BOND_OF_BLUEZ:
            return NOT_PAIRED
        case BleakDBusError():
            return DBUS_ERRORS.get(error.dbus_error, "failed")
        case BleakError() if "not found" in str(error):
            return "absent"
        case TimeoutError():
            return "no answer"
        case FileNotFoundError() | ConnectionError():
            return "no D-Bus"
        case _:
            return "failed"

"""Names on the D-Bus: interfaces and errors as the documentation of BlueZ and of D-Bus gives them."""

from __future__ import annotations

BUS = "org.freedesktop.DBus"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

BLUEZ = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
MONITORS = "org.bluez.AdvertisementMonitorManager1"
AGENT_MANAGER = "org.bluez.AgentManager1"
AGENT = "org.bluez.Agent1"
DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"

FAILED = "org.bluez.Error.Failed"
IN_PROGRESS = "org.bluez.Error.InProgress"
NOT_READY = "org.bluez.Error.NotReady"
NOT_CONNECTED = "org.bluez.Error.NotConnected"
NOT_SUPPORTED = "org.bluez.Error.NotSupported"
NO_KEY = "org.bluez.Reason.Authentication"
NOT_PERMITTED = "org.bluez.Error.NotPermitted"
NOT_AUTHORIZED = "org.bluez.Error.NotAuthorized"
ALREADY_EXISTS = "org.bluez.Error.AlreadyExists"
DOES_NOT_EXIST = "org.bluez.Error.DoesNotExist"
UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject"
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"

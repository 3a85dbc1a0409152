"""A stand-in for bluetoothd on a private D-Bus: bleak talks to it as to the real one; each fault of BlueZ comes on command."""

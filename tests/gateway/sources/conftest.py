"""What the tests of the sources share."""

from tests.bluez.fixtures import bluez, private_bus

__all__ = ["bluez", "private_bus"]

"""A pulse oximeter for the finger (Pulse Oximeter Profile): streams while the finger is in it, keeps spot checks.

What it keeps it sends when it is asked through the Record Access Control Point, again at each visit, until it is told to
delete it. Layouts: GATT Specification Supplement, PLX Spot-Check and Continuous Measurement, Record Access Control Point.
"""

from __future__ import annotations

import struct
from collections import deque
from datetime import timedelta

from bumble import att, gatt
from bumble.device import Connection

from fake_devices.bands.band import Band, BandProfile, Property, characteristic, date_time, service
from fake_devices.bands.slow_radio import Manners
from fake_devices.ble_link.air import Air

OXIMETER_SERVICE, SPOT_CHECK, CONTINUOUS, FEATURES, CONTROL_POINT = 0x1822, 0x2A5E, 0x2A5F, 0x2A60, 0x2A52
STORES = struct.pack("<HH", 0b1101, 1 << 9)  # features: measurement status, storage, time; its bit "from storage"
TIME, STATUS = 0x01, 0x02  # flags of a spot check
FROM_STORAGE = 1 << 9
NO_FINGER = struct.pack("<BHH", 0x08, 0x07FF, 0x07FF) + (1 << 11).to_bytes(3, "little")  # two NaN, "sensor off"

REPORT, DELETE, ABORT, NUMBER, NUMBER_IS, ANSWER = range(1, 7)
ALL = 1
SUCCESS, NOT_SUPPORTED, OPERATOR_NOT_SUPPORTED, NO_RECORDS = 1, 2, 4, 6
NOT_CONFIGURED = 0xFD  # ATT error: nobody has subscribed (Core Specification Supplement, part B)


class PulseOximeter(Band):
    """`stored`: spot checks as they are sent, the oldest first."""

    def __init__(self, air: Air, address: str, *, manners: Manners | None = None) -> None:
        self._spot_check = characteristic(SPOT_CHECK, Property.INDICATE, b"")
        self._continuous = characteristic(CONTINUOUS, Property.NOTIFY, b"")
        control = gatt.CharacteristicValue(write=self._on_request)
        self._control = characteristic(CONTROL_POINT, Property.WRITE | Property.INDICATE, control)
        self._control.on(gatt.Characteristic.EVENT_SUBSCRIPTION, self._on_subscription)
        features = characteristic(FEATURES, Property.READ, STORES)
        services = [service(OXIMETER_SERVICE, self._spot_check, self._continuous, features, self._control)]
        super().__init__(air, address, BandProfile([OXIMETER_SERVICE], services, "Oximeter"), manners=manners)
        self.stored: deque[bytes] = deque()
        self._answers = False

    # --- verbs

    async def measures(self, percent: int, pulse: int) -> None:
        """The finger is in it: one value of the stream."""
        await self.device.notify_subscribers(self._continuous, struct.pack("<BHH", 0, percent, pulse))

    async def finger_is_out(self) -> None:
        """It says so, and that it measures nothing."""
        await self.device.notify_subscribers(self._continuous, NO_FINGER)

    def has_measured(self, percent: int, pulse: int, *, ago_s: float) -> None:
        """It was used a while ago: the spot check waits in it, with the time of then."""
        at = self.now() - timedelta(seconds=ago_s)
        pair = struct.pack("<BHH", TIME | STATUS, percent, pulse)
        self.stored.append(pair + date_time(at) + struct.pack("<H", FROM_STORAGE))

    # --- the control point

    def _on_subscription(self, _connection: Connection, _notify: bool, indicate: bool) -> None:
        self._answers = indicate

    def _on_request(self, connection: Connection, request: bytes) -> None:
        if not self._answers:
            raise att.ATT_Error(NOT_CONFIGURED)
        self.works(self._does(connection, *struct.unpack("BB", request[:2])), during=connection)

    async def _does(self, connection: Connection, op: int, operator: int) -> None:
        if op != ABORT and operator != ALL:
            await self._answer(connection, op, OPERATOR_NOT_SUPPORTED)
        elif op == NUMBER:
            told = struct.pack("<BBH", NUMBER_IS, 0, len(self.stored))
            await self.device.indicate_subscriber(connection, self._control, told)
        elif op == REPORT:
            await self._reports(connection)
        elif op == DELETE:
            self.stored.clear()
            await self._answer(connection, op, SUCCESS)
        else:
            await self._answer(connection, op, SUCCESS if op == ABORT else NOT_SUPPORTED)

    async def _reports(self, connection: Connection) -> None:
        for record in tuple(self.stored):
            await self.device.indicate_subscriber(connection, self._spot_check, record)
        await self._answer(connection, REPORT, SUCCESS if self.stored else NO_RECORDS)

    async def _answer(self, connection: Connection, op: int, result: int) -> None:
        await self.device.indicate_subscriber(connection, self._control, bytes([ANSWER, 0, op, result]))

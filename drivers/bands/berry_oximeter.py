"""berry-oximeter: Bluetooth oximeters of Berry (BerryMed), finger clips and probes on a cable (BM1000A to BM1000E, BM2000A).

Enrolled by hand: the name is `BerryMed`, the service is not always advertised. Nothing is written, nothing is paired. It speaks
up to 200 times a second from its switching on; one value a second and kind is reported. It keeps nothing.

    service 49535343-fe7d-4ae5-8fa9-9fafd205e455
    49535343-1e4d-4bd9-ba61-23c647249616   notify
    49535343-8841-43f4-a8d4-ecbe34729bb3   write: never. FE, FF versions; E0, E1 which of the two; F0 to F3 how often

    the older way: five-byte frames ("BCI"), four in a notification, as at a serial line: `serial_line/oximeter_bci.py`

    the newer way: one notification, 20 bytes
        0   FF AA                     10-11  perfusion index, mean and last, per mille (no kind in the contract)
        2   number                    12     wave         13-16  light, s32
        3   status: bit 0 probe off, 1 no finger, 2 no pulse, 3 a beat; else the answer with a version
        4   oxygen, mean, %           17     battery, %
        5   oxygen, last              18     packets a second
        6   pulse, mean, /min         19     sum of the others
        7   pulse, last               8-9    time between beats, u16 little endian, 5 ms

Oxygen 127 and pulse 255 are none. Of the newer way the means are told. FF AA of another length: `length`; sum: `checksum`; a
notification of the older way that makes no frames: as at the serial line.

Confidence: high for both: the maker's document; programs of three others for the older way. No newer packet with a value is
published but for two versions, whose sums fit; one program says that some clips send a wrong sum: they are refused.
Sources: zh2x/SpO2-BLE-for-Android "BCI & BERRY Protocol V1.0" of 2024 and `ParseRunnable`; zh2x/BCI_Protocol V1.2;
adafruit/Adafruit_CircuitPython_BLE_BerryMed_Pulse_Oximeter; ehborisov/BerryMed-Pulse-Oximeter-tool;
atick-faisal/berry-oximeter; SensorsIot/Oximeters-BLE-Hack-ESP32, issues 2 and 5 (not advertised; oxygen 95 %, pulse 88).

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from datetime import datetime

from drivers.bands import vital_signs
from drivers.bands.clip_talk import STATES, Clip, ClipTalk
from drivers.bands.frames import BandFrame
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Item,
    Notified,
    Order,
    Refusal,
    Refused,
    SensorTraits,
    Services,
    Status,
    Subscribe,
)
from drivers.measurement import Kind, Measurement
from drivers.serial_line.oximeter_bci import live_decoder

SERVICE = "49535343-fe7d-4ae5-8fa9-9fafd205e455"
VALUES = "49535343-1e4d-4bd9-ba61-23c647249616"

EVERY_S = 1  # of what it says a hundred times a second

_HEAD, _PACKET = b"\xff\xaa", 20
_OFF, _VERSION = 0x07, 0xF0
_PAUSE_S = 1.0  # then what was begun will not be finished


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One notification, alone. Raises Refused."""
    if characteristic != VALUES:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    if data.startswith(_HEAD):
        return _packet(data)
    if not data:
        raise Refused("length", "no bytes")
    decoder = live_decoder()
    return _together([*decoder.feed(data), *decoder.close()])


def _packet(data: bytes) -> Decoded:
    if len(data) != _PACKET:
        raise Refused("length", f"packet: {len(data)} bytes, has {_PACKET}")
    if sum(data[:-1]) & 0xFF != data[-1]:
        raise Refused("checksum", "sum of the packet")
    status = data[3]
    if status & _VERSION:
        return Decoded()
    out = bool(status & _OFF)
    measured = [] if out else [*vital_signs.oxygen(data[4]), *vital_signs.heart_rate(data[6])]
    return Decoded([*measured, *vital_signs.battery(data[17])], status={"finger_out": out})


def _together(items: list[Item]) -> Decoded:
    """What the frames of a notification tell: of each kind the last, and of what is broken the first."""
    last = {item.kind: item for item in items if isinstance(item, Measurement)}
    refusals = [item for item in items if isinstance(item, Refusal)]
    status = {word: state for item in items if isinstance(item, Status) for word, state in item.fields.items()}
    return Decoded(list(last.values()), refusals[:1], status)


class _Stream:
    """One connection: the frame that is under way, and when each kind was told last."""

    def __init__(self) -> None:
        self._frames = live_decoder()
        self._heard_s = 0.0
        self._due_s: dict[Kind, float] = {}

    def take(self, told: Notified, now_s: float) -> list[BandFrame]:
        """What there is to tell of a notification; mostly nothing."""
        try:
            decoded = _packet(told.data) if told.data.startswith(_HEAD) else _together(self._fed(told.data, now_s))
        except Refused as why:
            decoded = Decoded(refusals=[why.refusal])
        decoded.measurements = [one for one in decoded.measurements if self._is_due(one.kind, now_s)]
        return [BandFrame(told.data, decoded)] if decoded != Decoded() else []

    def _fed(self, data: bytes, now_s: float) -> list[Item]:
        before = self._frames.close() if now_s - self._heard_s > _PAUSE_S else []
        self._heard_s = now_s
        return before + self._frames.feed(data)

    def _is_due(self, kind: Kind, now_s: float) -> bool:
        due = kind in STATES or now_s >= self._due_s.get(kind, 0)
        if due:
            self._due_s[kind] = now_s + EVERY_S
        return due


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    return ClipTalk(services, context).converse(Clip(_Stream().take, Subscribe(VALUES, SERVICE)), order)


DRIVER = ConnectionDriver(
    name="berry-oximeter",
    title="Berry (BerryMed) Bluetooth oximeters (BM1000A to BM1000E, BM2000A)",
    title_zh="贝瑞 BerryMed 蓝牙血氧仪（BM1000A 至 BM1000E、BM2000A）",
    measures=("heart_rate", "oxygen_saturation", "battery"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)

"""moyoung: watches that the app Da Fit speaks with (MT863, Colmi i28 Ultra, Misirun C17, MOY-ERJ3 and many more).

Recognised by the service FEEA, which they advertise. Manufacturer Name (2A29) is `MOYOUNG` (old) or `MOYOUNG-V2` (new).

    service FEEA
    FEE2   write without response: commands
    FEE3   notify: answers and values
    FEE1   steps: one source has the distance first, another the steps: not used     (FEE6, bulk: not used)
    2A19   battery, read and notify, of the Battery Service          (180D is there, and silent: not used)

    FE EA bb LL cc payload...
        b  old: 10, and L is the length of the whole frame; new: 20 + its high byte, and L its low byte
        c  command

Both are understood, what 2A29 says is sent; nothing known: old. First two bytes not FE EA: `not_mine`; b from 11 to 1F, or
another length: `length`. No checksum. To old ones it is written in pieces of 20 bytes, without a mark; they come likewise.

    31  tttttttt 08            set the clock, u32 big endian: the watch believes to be in UTC+8 for ever. So it is told the
                               Unix time at which a clock in UTC+8 shows the local time; no answer
    6D  00, stop FF            -> 6D bb                pulse; 0 not ready yet, FF it could not: so of the other two
    6B  00, stop FF            -> 6B oo                oxygen, %
    69  00 00 00, stop FF FF FF    -> 69 .. ss dd      systolic, diastolic, unsigned; the first byte is not known
    1F  n                      measure the pulse by itself, every n x 5 minutes: 1, 2, 4, 6; 0 never (2F asks)
    35  p                      -> 35 p v...            stored pulses, 72, one every 5 minutes, 0 none: those of p / 4 days ago,
                                                       from (p mod 4) x 6 o'clock; p 0 to 7
    61                         find: it vibrates three times
    41  tt text                show a text: t 00 call, 01 SMS, 02 WeChat, 0B other, FF ends a call; UTF-8, a title before the
                               first colon
                               -> 62, payload 00 or none    find phone pressed; pressing again, to stop it, sends the same
    1B language (2B asks), 34 and 68 training, 64 weather wanted, 66 camera, 67 media keys: no measurement.
    Never sent: 51 power off, from which there is no way back, and 63 firmware mode. 33 is a history nobody has described.

Confidence: high for framing, pulse, clock, text; medium for oxygen; medium for the pressure, of which no captured value is
published: Gadgetbridge stores both into the systolic; that it is systolic first is from the maker's app, and three later
clients, one of them of a GoBoult Drift+, read it so. Not known:
temperature (some models have it), worn, stored oxygen and pressures; how long a frame a new watch takes in one write.
Sources: Freeyourgadget/Gadgetbridge `devices/moyoung/MoyoungConstants.java`, `service/devices/moyoung/*`;
jphein/moyoung-watch `client/moyoung_client`, `docs/PROTOCOL.md`; com.neubofy.watch `GoBoultProtocol` (0 and 255).

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import partial

from drivers.bands import vital_signs
from drivers.bands.frames import BandFrame
from drivers.bands.pieces import Joiner, pieces, shortened
from drivers.bands.talk import BandTalk
from drivers.bluetooth_uuid import full_uuid
from drivers.driver import (
    Automatic,
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Fetch,
    Find,
    Measure,
    Notified,
    Order,
    Refused,
    Report,
    SensorTraits,
    Services,
    SetClock,
    ShowText,
    Subscribe,
    Vibrate,
    Visit,
)
from drivers.framing import need
from drivers.measurement import Kind, Measurement
from drivers.standard import battery
from drivers.standard.battery import BATTERY_LEVEL
from drivers.steps import Step, report
from drivers.talk import Acts, Doing, NoAnswer, NotDone

SERVICE = full_uuid(0xFEEA)
COMMANDS = full_uuid(0xFEE2)
ANSWERS = full_uuid(0xFEE3)
MANUFACTURER_NAME = full_uuid(0x2A29)

MEASURED_S = 35  # a value may take 30 s
TEXT_BYTES = 120
CLOCKS_DIFFER = timedelta(minutes=1)  # at most: the watch's is set at each visit
DAYS = 2  # that are kept in the watch: today and yesterday

_MAGIC = b"\xfe\xea"
_BEGINS = re.compile(rb"\xfe(?:\Z|\xea)")
_HEAD = 5
_LONGEST = 1024
_OLD, _NEW = 0x10, 0x20
_NEW_NAME = b"MOYOUNG-V2"
_ITS_ZONE = timezone(timedelta(hours=8))

_CLOCK, _EVERY, _STORED, _TEXT, _FIND, _FIND_PHONE = 0x31, 0x1F, 0x35, 0x41, 0x61, 0x62
_OTHER = b"\x0b"
_MEASURING: dict[Kind, tuple[int, int]] = {  # command, and how many bytes start and stop it
    "heart_rate": (0x6D, 1),
    "oxygen_saturation": (0x6B, 1),
    "blood_pressure": (0x69, 3),
}
_EVERY_5_MIN = (1, 2, 4, 6)
_PACKETS_A_DAY = 4
_PACKET_LASTS = timedelta(hours=6)
_PULSES = 72
_PULSE_EVERY = timedelta(minutes=5)


def decode(characteristic: str, data: bytes, at: datetime | None = None) -> Decoded:
    """One whole frame, or the battery. `at`: the local time, from which stored pulses count their days. Raises Refused."""
    if characteristic == BATTERY_LEVEL:
        return battery.decode(characteristic, data)
    if characteristic != ANSWERS:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    need(data, 1, "frame")
    size = _size(data)
    if size is None or size != len(data):
        raise Refused("length", f"frame: {len(data)} bytes, says {size or 'nothing'}")
    command, told = data[_HEAD - 1], data[_HEAD:]
    if command == _STORED:
        return _stored(told, at)
    if command in _MEANINGS:
        least, read = _MEANINGS[command]
        need(told, least, f"{command:02x}")
        return Decoded(read(told))
    if command in _WITHOUT_MEASUREMENT:
        return Decoded()
    raise Refused("unsupported", f"command {command:02x}")


def _size(data: bytes) -> int | None:
    """How long a frame is; None: too little of it is there to know. Raises Refused."""
    if not _MAGIC.startswith(data[:2]):
        raise Refused("not_mine", f"begins with {data[:2].hex(' ')}, not with FE EA")
    if len(data) < 4:
        return None
    size = data[3] if data[2] == _OLD else (data[2] - _NEW) * 256 + data[3]
    if not _HEAD <= size <= _LONGEST:
        raise Refused("length", f"frame: says {data[2:4].hex(' ')}")
    return size


def _pulse(told: bytes) -> list[Measurement]:
    return vital_signs.heart_rate(told[0])


def _oxygen(told: bytes) -> list[Measurement]:
    return vital_signs.oxygen(told[0])


def _pressure(told: bytes) -> list[Measurement]:
    return vital_signs.optical_pressure(told[1], told[2])


def _find_phone(_told: bytes) -> list[Measurement]:
    return [Measurement(kind="button", value="find_phone")]


_MEANINGS: dict[int, tuple[int, Callable[[bytes], list[Measurement]]]] = {  # the least bytes, and how they are read
    0x6D: (1, _pulse),
    0x6B: (1, _oxygen),
    0x69: (3, _pressure),
    _FIND_PHONE: (0, _find_phone),
}
_WITHOUT_MEASUREMENT = bytes.fromhex("1b1f2b2f3134416164666768")


def _stored(told: bytes, at: datetime | None) -> Decoded:
    need(told, 1 + _PULSES, "stored pulses")
    packet, pulses = told[0], told[1 : 1 + _PULSES]
    if packet >= DAYS * _PACKETS_A_DAY:
        raise Refused("unsupported", f"packet {packet} of stored pulses, there are 0 to 7")
    if at is None:
        return Decoded(status={"packet": packet})
    begins = _packet_begins(packet, at)
    return Decoded(
        [
            measurement
            for number, bpm in enumerate(pulses)
            for measurement in vital_signs.stamped(vital_signs.heart_rate(bpm), begins + number * _PULSE_EVERY)
        ]
    )


def _packet_begins(packet: int, now: datetime) -> datetime:
    days, quarter = divmod(packet, _PACKETS_A_DAY)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return midnight - timedelta(days=days) + quarter * _PACKET_LASTS


def _packets(since: datetime, now: datetime) -> Iterator[int]:
    """The packets that hold something of this time, oldest first."""
    for days in reversed(range(DAYS)):
        for packet in range(days * _PACKETS_A_DAY, (days + 1) * _PACKETS_A_DAY):
            begins = _packet_begins(packet, now)
            if begins <= now and begins + _PACKET_LASTS > since:
                yield packet


def encoded(kind: int, command: int, payload: bytes = b"") -> bytes:
    """The bytes of a frame; `kind` is 10 or 20."""
    size = len(payload) + _HEAD
    high = 0 if kind == _OLD else size >> 8
    return _MAGIC + bytes((kind + high, size & 0xFF, command)) + payload


class _Moyoung:
    """One connection: the frame that is under way, and what kind of frames this watch takes."""

    def __init__(self, connection: BandTalk[BandFrame], services: Services) -> None:
        self._talk = connection
        self._joiner = Joiner(_size, _BEGINS)
        self._kind = _OLD
        self._fetched_at: datetime | None = None  # stored pulses that nobody asked for have no date
        self._since = ""
        self.subscriptions = [Subscribe(ANSWERS, SERVICE)]
        if "notify" in (services.find(BATTERY_LEVEL) or ()):
            self.subscriptions.append(Subscribe(BATTERY_LEVEL))
        self.acts: Acts = {
            Visit: self._visit,
            SetClock: self._set_clock,
            Automatic: self._automatic,
            Measure: self._measure,
            Fetch: self._fetch,
            Vibrate: self._vibrate,
            Find: self._vibrate,
            ShowText: self._show,
        }

    def open(self) -> Conversation:
        """Asks what kind of frames it takes."""
        name = yield from self._talk.read(MANUFACTURER_NAME)
        if name is not None and name.startswith(_NEW_NAME):
            self._kind = _NEW

    def hear(self, told: Notified, now_s: float) -> Step[list[BandFrame]]:
        """Nothing is acknowledged."""
        if told.characteristic != ANSWERS:
            yield from report(partial(decode, told.characteristic, told.data))
            return []
        frames = []
        for whole in self._joiner.take(told.data, now_s):
            if isinstance(whole, bytes):
                decoded = yield from report(partial(self._decode, whole))
                frames.append(BandFrame(whole, decoded))
            else:
                yield Report(Decoded(refusals=[whole]))
        return frames

    def _decode(self, frame: bytes) -> Decoded:
        """Without the stored pulses that the last visit has fetched."""
        decoded = decode(ANSWERS, frame, self._fetched_at)
        decoded.measurements = [
            one for one in decoded.measurements if not one.history or (one.device_time or "") >= self._since
        ]
        return decoded

    # --- what may be ordered ---

    def _visit(self, order: Visit) -> Doing:
        yield from self._set_clock(order)
        level = yield from self._talk.read(BATTERY_LEVEL)
        if level is not None:
            yield from report(partial(decode, BATTERY_LEVEL, level))
        return "done"

    def _set_clock(self, _order: Order) -> Doing:
        local = yield from self._talk.local()
        seconds = int(local.replace(tzinfo=_ITS_ZONE).timestamp())
        yield from self._write(_CLOCK, seconds.to_bytes(4) + b"\x08")
        return "sent"

    def _automatic(self, order: Automatic) -> Doing:
        return (yield from self._talk.each_kind(order, ("heart_rate",), self._measure_by_itself))

    def _measure_by_itself(self, order: Automatic, _kind: Kind) -> Conversation:
        """As often as asked for, or a little more often."""
        fits = [every for every in _EVERY_5_MIN if every * 5 <= order.minutes]
        yield from self._write(_EVERY, bytes((max(fits, default=1) if order.minutes else 0,)))

    def _measure(self, order: Measure) -> Doing:
        return (yield from self._talk.each_kind(order, _MEASURING, self._measure_one))

    def _measure_one(self, order: Measure, kind: Kind) -> Conversation:
        command, size = _MEASURING[kind]
        start, stop = self._encoded(command, bytes(size)), self._encoded(command, b"\xff" * size)
        try:
            ending = yield from self._talk.measure(order, start, stop, partial(_ends, command, kind), MEASURED_S)
        except NoAnswer as why:  # not every watch has every sensor, and not all say so
            raise NotDone(str(why)) from why
        if not ending.measured(kind):
            raise NotDone("the watch could not measure")

    def _fetch(self, order: Fetch) -> Doing:
        return (yield from self._talk.each_kind(order, ("heart_rate",), self._fetch_pulses))

    def _fetch_pulses(self, order: Fetch, _kind: Kind) -> Conversation:
        since = yield from self._talk.since(order, DAYS, "fetch heart_rate")
        self._since = (since - _PULSE_EVERY - CLOCKS_DIFFER).isoformat()
        packets = _packets(since, (yield from self._talk.local()))
        yield from self._talk.all_of({f"packet {packet}": partial(self._fetch_packet, packet) for packet in packets})

    def _fetch_packet(self, packet: int) -> Conversation:
        self._fetched_at = yield from self._talk.local()
        yield from self._talk.command(self._encoded(_STORED, bytes((packet,))), _is_packet(packet))

    def _vibrate(self, order: Vibrate | Find) -> Doing:
        if isinstance(order, Vibrate) and order.level == 0:
            raise NotDone("it stops by itself", "unsupported")
        yield from self._write(_FIND)
        return "sent"

    def _show(self, order: ShowText) -> Doing:
        yield from self._write(_TEXT, _OTHER + shortened(order.text or "", TEXT_BYTES))
        return "sent"

    # --- its steps ---

    def _encoded(self, command: int, payload: bytes = b"") -> bytes:
        return encoded(self._kind, command, payload)

    def _write(self, command: int, payload: bytes = b"") -> Conversation:
        frame = self._encoded(command, payload)
        for piece in pieces(frame) if self._kind == _OLD else [frame]:
            yield from self._talk.write(piece)


def _ends(command: int, kind: Kind, frame: BandFrame) -> bool:
    """Whether a frame ends a measurement: with its value, or with 255 in its place."""
    return frame.measured(kind) or (frame.data[_HEAD - 1] == command and frame.data[_HEAD:].endswith(b"\xff"))


def _is_packet(packet: int) -> Callable[[BandFrame], bool]:
    return lambda frame: frame.data[_HEAD - 1 : _HEAD + 1] == bytes((_STORED, packet))


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[BandFrame] = BandTalk(services, context, COMMANDS)
    return connection.converse(_Moyoung(connection, services), order)


DRIVER = ConnectionDriver(
    name="moyoung",
    title="Da Fit watches (MT863, Colmi i28 Ultra, Misirun C17, MOY-ERJ3)",
    title_zh="Da Fit 手表（MT863、Colmi i28 Ultra、Misirun C17、MOY-ERJ3）",
    measures=("heart_rate", "blood_pressure", "oxygen_saturation", "battery", "button"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Visit(), Automatic(), Fetch(), Measure()),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
    stays=True,
)

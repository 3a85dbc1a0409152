"""veepoo: bands, watches and rings that the apps H Band and H Ring speak with (V07S, S226, TK20 and their kin).

Enrolled by hand: mostly nothing tells the family but the service after connecting. The S226 advertises its name, FEE7, and
manufacturer id F8F8 with the six bytes of its address reversed.

    service f0080001-0451-4000-b000-000000000000
    f0080002   notify: answers and values
    f0080003   write without response: commands, padded with zeros to 20 bytes where nothing else is said
    f0020002   notify, in a service of its own: subscribed where it exists
    FEA1       notify, in FEE7: live steps, 01 ss ss, u16 little endian, of the day

The first byte says what a frame is. No checksum, no length: a frame may be padded, one that is shorter than here is refused.
Nothing may be read before the session is open: the S226 drops the link at a read, and everything but A1 meets silence.

    A1 00 00 00 YY YY MM DD hh mi ss tail    open the session and set the clock: year big endian, local time
                                             tail 01 00 D8 00: 15 bytes, unpadded (TK20); 01 01 04: padded (S226, H Band's own)
                                             -> A1..., whatever follows. In 3 s: else once more with the other tail
    F4 02 02 00 01                           session settings, once after the opening; no answer is known
    A0                 -> A0 .. .. .. pp     battery, %; where byte 2 is 80 or more: % in its low bits, and p is bars (S226)
    D8                 -> D8 .. ssssssss mmmmmmmm kkkkkkkk    steps today, metres, kcal x 10: u32 little endian
    D0 01, stop D0 00  -> D0 bb .. .. .. ss  pulse, once a second; 0 while it warms up; 1 the band has ended it, 2 worn wrongly;
                                             s other than 0, 2, 3: busy, no value
    90 01 00, stop 90 00 00 -> 90 ss dd pp 00 01    pressure: p percent done; at 100 only s and d are a value, zeros a failure
    80 01 02, stop 80 02 02 -> 80 01 00 00 oo       oxygen, %; 0 while it warms up (TK20)
                            -> 80 01 .. oo cc pp    the maker's layout (MT200): c 1 or 2: on the way, p percent; o 1: not worn
    DF 01 nn 00        -> DF rr rr pp t l v...      the records of n days ago; DF FF FF: that is all
        r  number of the record, big endian; p  part 1 or 2: without the four bytes before, joined, tag-length-value, up to
           a zero tag or the end
        B1 month, day, hour, minute of the band's clock; no year: this one, or the last if that would lie in the future
        B4 five pulses, one a minute     B8 systolic, diastolic     B9 five oxygens, one a minute, and what is no oxygen
        B2 steps and distance, B7 HRV, BE, C1, C2: not used

The answer does not say which day it is of: one day at a time. Days that were fetched seem to be cleared in the band, so the
next one is asked for when the last is on the disk. It is measured after that: before, the band refuses as busy. D0, 80 and
90 count only while they were asked for. Finding, vibrating, texts: no command is documented.

Confidence: high for pulse and pressure, on which two clients and a capture agree byte for byte; medium for oxygen (constant
100 in the run that confirmed the TK20's; 96 to 99 seen in the maker's layout, whose frame is not published) and for other
models. Not known: which tail others want; temperature; worn; SOS. The V07S of 2017 needed no opening; one that does not
answer to it is given up.
Sources: a fork of PulseLoopiOS for the TK20 (`VeepooProtocol`, `VeepooDecoder.swift`, `VeepooDecoderTests.swift`,
`docs/hardware/veepoo.md`); Grumbel/S226, "S226 / Veepoo protocol notes" (HCI captures of H Band, 2026-08-24 and 25);
"Veepoo / H-Band / MT200 BLE protocol" (live, and the maker's HBandSDK/Android_Ble_SDK); an Arduino client for the V07S (Mac
Taylor, 2017).

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from drivers.bands import vital_signs
from drivers.bands.frames import BandFrame, begins
from drivers.bands.pieces import PIECE
from drivers.bands.talk import BandTalk
from drivers.bands.veepoo_records import Records
from drivers.bluetooth_uuid import full_uuid
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Fetch,
    Learnt,
    Measure,
    Notified,
    Order,
    Refused,
    SensorTraits,
    Services,
    SetClock,
    Subscribe,
    Visit,
)
from drivers.measurement import Kind
from drivers.steps import Step, now, report
from drivers.talk import Acts, Doing, NoAnswer, NotDone

SERVICE = "f0080001-0451-4000-b000-000000000000"
ANSWERS = "f0080002-0451-4000-b000-000000000000"
COMMANDS = "f0080003-0451-4000-b000-000000000000"
OTHER_ANSWERS = "f0020002-0451-4000-b000-000000000000"
LIVE_STEPS = full_uuid(0xFEA1)

SESSION, SETTINGS, BATTERY, STEPS, PULSE, PRESSURE, OXYGEN, STORED = 0xA1, 0xF4, 0xA0, 0xD8, 0xD0, 0x90, 0x80, 0xDF
DAYS = 3  # as many as the maker's app asks for
OPENING_S = 3
DAY_SILENT_S, DAY_S = 30, 90

_OVER = (1, 2)  # in place of a pulse: the band has ended it, or is worn wrongly
_NOT_BUSY = (0, 2, 3)
_NOT_WORN, _ON_THE_WAY = 1, (1, 2)  # in place of an oxygen, and behind it
_END_OF_DAY = b"\xdf\xff\xff"
_TAILS = {"short": bytes.fromhex("0100d800"), "long": bytes.fromhex("0101040000000000 00")}


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One value of a characteristic. Raises Refused."""
    if characteristic == LIVE_STEPS:
        return _live_steps(data)
    if characteristic not in (ANSWERS, OTHER_ANSWERS):
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    if not data:
        raise Refused("length", "no bytes")
    if data[0] not in _MEANINGS:
        raise Refused("unsupported", f"opcode {data[0]:02x}")
    least, read = _MEANINGS[data[0]]
    _check_length(data, least)
    return read(data)


def _check_length(data: bytes, least: int) -> None:
    if len(data) < least:
        raise Refused("length", f"{data[:1].hex()}: {len(data)} bytes, needs {least}")


def _live_steps(data: bytes) -> Decoded:
    _check_length(data, 1)
    if data[0] != 0x01:
        raise Refused("unsupported", f"live steps: first byte {data[0]:02x}")
    _check_length(data, 3)
    return Decoded(vital_signs.steps(int.from_bytes(data[1:3], "little")))


def _session(_data: bytes) -> Decoded:
    return Decoded(status={"session": "open"})


def _battery(data: bytes) -> Decoded:
    """Where the high bit of byte 2 is set, its percent are there, and byte 4 counts bars."""
    return Decoded(vital_signs.battery(data[2] & 0x7F if data[2] & 0x80 else data[4]))


def _steps(data: bytes) -> Decoded:
    return Decoded(vital_signs.steps(int.from_bytes(data[2:6], "little")))


def _pulse(data: bytes) -> Decoded:
    if data[1] in _OVER:
        return Decoded(status={"measurement": "failed"})
    state = data[5] if len(data) > 5 else 0
    return Decoded(vital_signs.heart_rate(data[1]) if state in _NOT_BUSY else [])


def _pressure(data: bytes) -> Decoded:
    systolic, diastolic, percent = data[1:4]
    if percent != 100:
        return Decoded(status={"progress": percent})
    measurements = vital_signs.optical_pressure(systolic, diastolic)
    return Decoded(measurements, status={"measurement": "done" if measurements else "failed"})


def _oxygen(data: bytes) -> Decoded:
    """In the maker's layout the value is byte 3, and 1 or 2 in byte 4: on the way; in the TK20's byte 3 is 0."""
    value, other = data[3:5]
    if data[1] != 0x01 or other in _ON_THE_WAY:
        return Decoded()
    if value == _NOT_WORN:
        return Decoded(status={"measurement": "failed"})
    return Decoded(vital_signs.oxygen(value or other))


def _stored(_data: bytes) -> Decoded:
    return Decoded()  # a part of a record, or the end of a day


_MEANINGS: dict[int, tuple[int, Callable[[bytes], Decoded]]] = {  # the least bytes, and how they are read
    SESSION: (1, _session),
    BATTERY: (5, _battery),
    STEPS: (14, _steps),
    PULSE: (2, _pulse),
    PRESSURE: (6, _pressure),
    OXYGEN: (5, _oxygen),
    STORED: (3, _stored),
}

_MEASURING: dict[Kind, tuple[bytes, bytes, float]] = {  # start, stop, and after how long it is given up
    "heart_rate": (b"\xd0\x01", b"\xd0\x00", 60),  # captured: a value after 33 s, an end after 30 to 50 s
    "blood_pressure": (b"\x90\x01\x00", b"\x90\x00\x00", 60),
    "oxygen_saturation": (b"\x80\x01\x02", b"\x80\x02\x02", 60),
}


class _Veepoo:
    """One connection: what is being measured, and the records that are not whole yet."""

    subscriptions = (
        Subscribe(ANSWERS, SERVICE),
        Subscribe(OTHER_ANSWERS),
        Subscribe(LIVE_STEPS),
    )

    def __init__(self, connection: BandTalk[BandFrame]) -> None:
        self._talk = connection
        self._measuring: int | None = None
        self._records: Records | None = None
        self.acts: Acts = {Visit: self._visit, SetClock: self._set_clock, Measure: self._measure, Fetch: self._fetch}

    def open(self) -> Conversation:
        """Opens the session, with the tail that this band took the last time, or else with the other."""
        last = self._talk.context.learnt.get("tail")
        tails = sorted(_TAILS, key=lambda tail: tail != (last or "short"))
        for tail in tails:
            try:
                yield from self._open_with(tail)
            except NoAnswer:
                continue
            yield Learnt({"tail": tail})
            yield from self._talk.write(_padded(bytes((SETTINGS, 2, 2, 0, 1))))
            return
        raise NoAnswer("the band does not open the session")

    def hear(self, told: Notified, _now_s: float) -> Step[list[BandFrame]]:
        """A value that was not asked for, and a record without the day that it is of, do not count."""
        opcode = told.data[0] if told.data and told.characteristic != LIVE_STEPS else None
        if opcode in (PULSE, PRESSURE, OXYGEN) and opcode != self._measuring:
            return []
        return [BandFrame(told.data, (yield from report(lambda: self._decode(told))))]

    def _decode(self, told: Notified) -> Decoded:
        decoded = decode(told.characteristic, told.data)
        if told.data[0] == STORED and self._records is not None:
            return self._records.take(told.data)
        return decoded

    # --- what may be ordered ---

    def _visit(self, _order: Visit) -> Doing:
        yield from self._talk.all_of({"battery": partial(self._ask, BATTERY), "steps": partial(self._ask, STEPS)})
        return "done"

    def _set_clock(self, _order: Order) -> Doing:
        """The opening of this connection has set it."""
        yield from ()
        return "done"

    def _measure(self, order: Measure) -> Doing:
        return (yield from self._talk.each_kind(order, _MEASURING, self._measure_one))

    def _measure_one(self, order: Measure, kind: Kind) -> Conversation:
        start, stop, within_s = _MEASURING[kind]
        self._measuring = start[0]
        try:
            value = yield from self._talk.measure(order, _padded(start), _padded(stop), partial(_ends, kind), within_s)
        finally:
            self._measuring = None
        if not value.measured(kind):
            raise NotDone("the band could not measure")

    def _fetch(self, order: Fetch) -> Doing:
        today = (yield from self._talk.local()).date()
        oldest = (yield from self._talk.since(order, DAYS)).date()
        failed: dict[str, NotDone] = {}
        for days_ago in range((today - oldest).days, -1, -1):
            failed |= yield from self._talk.each({f"{days_ago} days ago": partial(self._fetch_day, days_ago)})
            yield from self._talk.store()  # before the next day is asked for, and the band forgets this one
        self._talk.check(failed)
        return "done"

    def _fetch_day(self, days_ago: int) -> Conversation:
        self._records = Records((yield from self._talk.local()))
        ends_s = (yield from now()) + DAY_S
        try:
            with self._talk.expecting(_opcode(STORED)) as frames:
                yield from self._talk.write(_padded(bytes((STORED, 1, days_ago, 0))))
                while (frame := (yield from frames.next(DAY_SILENT_S, ends_s))) is not None:
                    if frame.data.startswith(_END_OF_DAY):
                        return
        finally:
            self._records = None
        raise NoAnswer(f"the records of {days_ago} days ago came to no end")

    # --- its steps ---

    def _ask(self, opcode: int) -> Conversation:
        yield from self._talk.command(_padded(bytes((opcode,))), _opcode(opcode))

    def _open_with(self, tail: str) -> Conversation:
        local = yield from self._talk.local()
        clock = bytes((local.month, local.day, local.hour, local.minute, local.second))
        opening = bytes((SESSION, 0, 0, 0)) + local.year.to_bytes(2) + clock + _TAILS[tail]
        yield from self._talk.command(opening, _opcode(SESSION), within_s=OPENING_S)


def _padded(command: bytes) -> bytes:
    return command.ljust(PIECE, b"\0")


def _opcode(opcode: int) -> Callable[[BandFrame], bool]:
    return begins(bytes((opcode,)))


def _ends(kind: Kind, frame: BandFrame) -> bool:
    """Whether a frame ends a measurement: with a value, or, of a pressure, at a hundred percent without one."""
    return frame.measured(kind) or frame.decoded.status.get("measurement") == "failed"


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[BandFrame] = BandTalk(services, context, COMMANDS)
    return connection.converse(_Veepoo(connection), order)


DRIVER = ConnectionDriver(
    name="veepoo",
    title="H Band and H Ring watches and rings (V07S, S226, TK20)",
    title_zh="H Band 和 H Ring 应用的手表和指环（V07S、S226、TK20）",
    measures=("heart_rate", "blood_pressure", "oxygen_saturation", "battery", "steps"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Visit(), Fetch(), Measure()),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
    stays=True,
)

"""ycbt: watches and rings of Yucheng, spoken with by the app SmartHealth (E66, TK5, R99, R10M and many more).

Recognised by the name: a model, one space and four hex digits (`TK5 24AA`, `R99 54DC`), `R10M...`, or a watch's name such
as E66; manufacturer data beginning 10 78. The service is mostly not advertised, so it is enrolled by hand. What advertises
6e40fff0-... or de5bf728-... is a Colmi ring, not this.

    service be940000-7333-be46-b7ae-689e71722bd5
    be940001  C1   write: commands; indicate: answers and pushes
    be940003  C3   indicate: live values and stored records          (be940002, firmware: not used)

Both carry the same frames. Indications only: as notifications the same characteristics stay silent.

    TT CC LL LL payload... KK KK
        T  group: 01 settings, 02 get, 03 control, 04 push, 05 stored records, 06 live values;   C  key
        L  length of the whole frame, little endian, 6 to 1024
        K  CRC-16/CCITT-FALSE over all before it, little endian

A notification may hold a part of a frame or several. First byte not 01..06 (`not_mine`), length out of range (`length`):
one byte is dropped, and the search goes on. A payload of one byte FB..FF is a refusal by the band, whatever it would be
otherwise: FB command unknown, FC key unknown (the sensor is not there), FD length, FE data, FF CRC. It is an answer, and
never acknowledged.

    01 00  yyyy mm dd hh mi ss ww    set the clock: local, year little endian, Monday 0; answered by a status, 00 good
    01 0C, 1C, 26, 20  on mm         measure pulse, pressure, oxygen, temperature by itself every m minutes, 30 to 255
    02 00  47 43                     -> at 2 firmware minor, major; at 5 battery, %
    02 01  47 46                     -> what it can, bit n of byte b; bytes that are missing at the end: not there
                                        pressure 0.0, pulse 0.3, oxygen 1.3, temperature 8.0
                                        on demand: pulse 15.1, pressure 15.2, oxygen 15.3
    03 00  01 05 02                  buzz, as the maker's app says it
    03 2F  on mm                     measure m: 00 pulse, 01 pressure, 02 oxygen, 04 temperature; -> 00 started, or stopped
    04 cc  ...                       a push: answered by `04 cc 00`, or it is repeated
           00 find phone; 05, 17 SOS; 0E mode, 1 done, 2 failed; 13 mode, state, value(s); 16 sit less
    06 cc  ...                       a live value
           00 steps u16, distance u16, calories u16; 01 pulse; 02 oxygen; 13 time, worn; 15 charging, battery
           03 systolic, diastolic, pulse, HRV, oxygen, temperature: may end earlier; 0: none
    05 QQ                            stored records -> header 05 QQ, records u16, packets u32, bytes u32 (9 bytes or fewer:
                                     nothing); data 05 AA, joined; end 05 80, packets u16, bytes u16, CRC u16 of the data
                                     answered by 05 80 00, or by 04 when the CRC does not fit: then it is asked once more
           Q 06, A 15   time, mode, pulse                               Q 1A, A 22   time, type, oxygen
           Q 08, A 17   time, inflated, systolic, diastolic, pulse      Q 1E, A 26   time, type, temperature
           Q 09, A 18   time, steps u16, pulse, systolic, diastolic, oxygen, breaths, HRV, -, temperature, -, -, sugar, -, -
        time         u32 little endian, seconds since 2000 of the band's local clock
        temperature  whole, fraction as digits: (36, 5) is 36.5, (36, 25) is 36.25; whole 0 or fraction 15: never measured

The band gives all that it has stored each time, also what was fetched before: only what is newer is reported.
The pulse of a 09 record is that of the 06 record: not reported twice. A pulse in the first 5 s after a start may be an
echo of the last one. What comes after it depends on the band. The TK5 says 0 while it warms up, and its first other sample
is the value. Others say nothing before their first sample, which is none of the wearer's (47, where 81 is right): they go
on for half a minute (oxygen: a minute), say by 04 0E that they are done, or failed, and store their last sample; so that
one is told, at 04 0E, and nothing where they failed. Where no 04 0E comes, it counts if the sensor had 30 s.
The answer to 03 2F does not name the mode, so there is one measurement at a time; a stop names the mode of its start.
Never sent: 05 40 to 05 4E, which erase the stored records; 02 1B, at which the R10M drops the link. The band also has
180D/2A37, where the TK5 sends a pulse even off the finger: not used.

Confidence: high, with captured frames; SOS, polarity of "worn", and buzzing of watches: medium. Not known: payload and
repeats of the SOS; whether every watch (E66) answers 03 2F. A text has no documented command.
Sources: saksham2001/PulseLoopiOS `tasks/ycbt-protocol.md`, `PulseLoopTests/YCBT*.swift`; foureight84/PulseLoopAndroid
`ring/YCBT*.kt`, issues 59, 69 and 74, pull request 62; DBozhinovski/Gadgetbridge `devices/ycbt`; "E66 smartwatch protocol"
(Geilen, Maas, 2021).

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from drivers.bands import talk, ycbt_records
from drivers.bands.talk import BandTalk
from drivers.bands.ycbt_frames import CONTROL, GET, PUSH, SETTINGS, STORED, YcbtFrame, encoded, joiner, read
from drivers.bands.ycbt_records import TABLES
from drivers.bands.ycbt_samples import Samples
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
    Refusal,
    Refused,
    Report,
    SensorTraits,
    Services,
    SetClock,
    Subscribe,
    Vibrate,
    Visit,
)
from drivers.framing import crc16_ccitt_false
from drivers.measurement import Kind
from drivers.steps import Step, now
from drivers.talk import Acts, Doing, Expected, NoAnswer, NotDone

SERVICE = "be940000-7333-be46-b7ae-689e71722bd5"
COMMANDS = "be940001-7333-be46-b7ae-689e71722bd5"
VALUES = "be940003-7333-be46-b7ae-689e71722bd5"

CLOCKS_DIFFER = timedelta(minutes=1)  # at most: the band's is set at each visit
HEADER_S, RECORDS_S = 10, 30

_MODES: dict[Kind, tuple[int, float]] = {  # and after how long a measurement is given up
    "heart_rate": (0x00, 60),  # captured: done after 30 to 36 s
    "blood_pressure": (0x01, 60),
    "oxygen_saturation": (0x02, 90),  # captured: done after 63 s
    "body_temperature": (0x04, 60),
}
_SENSORS: dict[Kind, tuple[int, int]] = {  # byte and bit of the answer to 02 01
    "heart_rate": (0, 3),
    "blood_pressure": (0, 0),
    "oxygen_saturation": (1, 3),
    "body_temperature": (8, 0),
}
_ON_DEMAND: dict[Kind, tuple[int, int]] = {
    "heart_rate": (15, 1),
    "blood_pressure": (15, 2),
    "oxygen_saturation": (15, 3),
    "body_temperature": (8, 0),
}
_AUTOMATIC: dict[Kind, int] = {"heart_rate": 0x0C, "blood_pressure": 0x1C, "oxygen_saturation": 0x26, "body_temperature": 0x20}
_EVERY_MIN = range(30, 256)  # less is refused


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """The frames in one value of a characteristic. Raises Refused."""
    if characteristic not in (COMMANDS, VALUES):
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    if not data:
        raise Refused("length", "no bytes")
    frames = joiner()
    return _joined(read(frames.take(data, 0) + frames.rest()))


def _joined(found: list[YcbtFrame | Refusal]) -> Decoded:
    decoded = Decoded()
    for one in found:
        if isinstance(one, Refusal):
            decoded.refusals.append(one)
        else:
            decoded.measurements += one.decoded.measurements
            decoded.refusals += one.decoded.refusals
            decoded.status |= one.decoded.status
    return decoded


class _Ycbt:
    """One connection: the frames that are under way, and what this band turned out not to have."""

    subscriptions = (Subscribe(COMMANDS, SERVICE, "indicate"), Subscribe(VALUES, SERVICE, "indicate"))

    def __init__(self, connection: BandTalk[YcbtFrame]) -> None:
        self._talk = connection
        self._joiners = {COMMANDS: joiner(), VALUES: joiner()}
        self._samples: Samples | None = None
        self._abilities: bytes | None = None
        self.acts: Acts = {
            Visit: self._visit,
            SetClock: self._set_clock,
            Automatic: self._automatic,
            Measure: self._measure,
            Fetch: self._fetch,
            Vibrate: self._buzz,
            Find: self._buzz,
        }

    def open(self) -> Conversation:
        """Nothing is wanted before the first command."""
        yield from ()

    def hear(self, told: Notified, now_s: float) -> Step[list[YcbtFrame]]:
        """Every push is acknowledged once it is reported, and the call for help that it may be is safe."""
        if told.characteristic not in self._joiners:
            return []
        frames = []
        for one in read(self._joiners[told.characteristic].take(told.data, now_s)):
            if isinstance(one, Refusal):
                yield Report(Decoded(refusals=[one]))
                continue
            frame = self._samples.heard(one, now_s) if self._samples else one
            yield Report(frame.decoded)
            if frame.group == PUSH and not frame.is_refusal:
                with suppress(NotDone):  # then the band repeats it
                    yield from self._talk.store(calls_only=True)
                    yield from self._talk.write(encoded(PUSH, frame.key, b"\0"))
            frames.append(frame)
        return frames

    # --- what may be ordered ---

    def _visit(self, order: Visit) -> Doing:
        yield from self._talk.all_of(
            {"clock": partial(self._set_clock, order), "battery": self._ask_battery, "abilities": self._ask_abilities}
        )
        return "done"

    def _ask_battery(self) -> Conversation:
        yield from self._command(GET, 0x00, b"GC")

    def _ask_abilities(self) -> Conversation:
        self._abilities = (yield from self._command(GET, 0x01, b"GF")).payload

    def _set_clock(self, _order: Order) -> Doing:
        local = yield from self._talk.local()
        clock = (local.month, local.day, local.hour, local.minute, local.second, local.weekday())
        yield from self._command(SETTINGS, 0x00, local.year.to_bytes(2, "little") + bytes(clock))
        return "done"

    def _automatic(self, order: Automatic) -> Doing:
        return (yield from self._talk.each_kind(order, self._able(_AUTOMATIC, _SENSORS), self._measure_by_itself))

    def _measure_by_itself(self, order: Automatic, kind: Kind) -> Conversation:
        minutes = min(max(order.minutes, _EVERY_MIN[0]), _EVERY_MIN[-1])
        yield from self._command(SETTINGS, _AUTOMATIC[kind], bytes((order.minutes > 0, minutes)))

    def _measure(self, order: Measure) -> Doing:
        return (yield from self._talk.each_kind(order, self._able(_MODES, _ON_DEMAND), self._measure_one))

    def _measure_one(self, _order: Measure, kind: Kind) -> Conversation:
        mode, within_s = _MODES[kind]
        self._samples = samples = Samples(kind, mode, (yield from now()))
        try:
            with self._talk.expecting(samples.ends) as endings:
                yield from self._start(mode)
                ending = yield from endings.next(within_s)
            settled = samples.settled() if ending is None else []
            if settled:
                yield Report(Decoded(settled))
            with suppress(NoAnswer):
                yield from self._talk.command(encoded(CONTROL, 0x2F, bytes((0, mode))), _is_answer(CONTROL, 0x2F))
        finally:
            self._samples = None
        if not settled and not talk.found(ending, within_s).decoded.measurements:
            raise NotDone("the band could not measure")

    def _start(self, mode: int) -> Conversation:
        """A start that is refused is not stopped; one without an answer may have been a start all the same."""
        try:
            yield from self._command(CONTROL, 0x2F, bytes((1, mode)))
        except NoAnswer:
            yield from self._talk.write(encoded(CONTROL, 0x2F, bytes((0, mode))))
            raise

    def _fetch(self, order: Fetch) -> Doing:
        return (yield from self._talk.each_kind(order, self._able(TABLES, _SENSORS), self._fetch_table))

    def _fetch_table(self, order: Fetch, kind: Kind) -> Conversation:
        table = TABLES[kind]
        for _ in range(2):
            with self._talk.expecting(lambda frame: frame.is_of(STORED, table.query, table.data, 0x80)) as frames:
                yield from self._talk.write(encoded(STORED, table.query))
                header = yield from frames.next(HEADER_S)
                if header is None:
                    raise NoAnswer(f"no answer to 05 {table.query:02x}")
                if len(header.payload) <= 9:  # nothing stored, or the key is not known
                    return
                records, crc = yield from _records(frames)
            if crc16_ccitt_false(records) == crc:
                yield from self._talk.write(encoded(STORED, 0x80, b"\0"))
                yield Report(ycbt_records.decode(table, records, self._since(order, kind)))
                return
            yield Report(Decoded(refusals=[Refusal("checksum", "CRC of the records")]))
            yield from self._talk.write(encoded(STORED, 0x80, b"\x04"))
        raise NotDone("the records came with a wrong CRC, twice")

    def _buzz(self, order: Vibrate | Find) -> Doing:
        if isinstance(order, Vibrate) and order.level == 0:
            raise NotDone("it stops by itself", "unsupported")
        yield from self._command(CONTROL, 0x00, bytes((1, 5, 2)))
        return "done"

    # --- its steps ---

    def _command(self, group: int, key: int, payload: bytes) -> Step[YcbtFrame]:
        """Writes a command, gives the answer. Raises NotDone where the band refuses."""
        answer = yield from self._talk.command(encoded(group, key, payload), _is_answer(group, key))
        if answer.is_refusal or (group != GET and any(answer.payload[:1])):
            raise NotDone(f"the band refuses {group:02x} {key:02x}: {answer.payload[:4].hex(' ')}")
        return answer

    def _able(self, kinds: Iterable[Kind], abilities: Mapping[Kind, tuple[int, int]]) -> list[Kind]:
        """Those of these kinds that the band has said it can; all where it has not said."""
        return [kind for kind in kinds if kind not in abilities or self._has(*abilities[kind])]

    def _since(self, order: Fetch, kind: Kind) -> datetime | None:
        """From when on, by the band's clock."""
        since = self._talk.stored_since(order, f"fetch {kind}")
        return since - CLOCKS_DIFFER if since else None

    def _has(self, byte: int, bit: int) -> bool:
        return self._abilities is None or bool(self._abilities[byte : byte + 1] and self._abilities[byte] >> bit & 1)


def _is_answer(group: int, key: int) -> Callable[[YcbtFrame], bool]:
    return lambda frame: frame.is_of(group, key)


def _records(frames: Expected[YcbtFrame]) -> Step[tuple[bytes, int]]:
    """The joined data up to the end of a table, and the CRC that the band says it has. Raises NoAnswer."""
    joined = b""
    ends_s = (yield from now()) + RECORDS_S
    while (frame := (yield from frames.next(HEADER_S, ends_s))) is not None:
        if frame.key != 0x80:
            joined += frame.payload
        elif len(frame.payload) >= 6:
            return joined, int.from_bytes(frame.payload[4:6], "little")
    raise NoAnswer("the stored records came to no end")


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[YcbtFrame] = BandTalk(services, context, COMMANDS)
    return connection.converse(_Ycbt(connection), order)


DRIVER = ConnectionDriver(
    name="ycbt",
    title="SmartHealth watches and rings of Yucheng (E66, TK5, R99, R10M)",
    title_zh="SmartHealth 应用的手表和指环（Yucheng：E66、TK5、R99、R10M）",
    measures=(
        "heart_rate",
        "blood_pressure",
        "oxygen_saturation",
        "body_temperature",
        "respiratory_rate",
        "worn",
        "battery",
        "charging",
        "steps",
        "button",
    ),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Visit(), Automatic(), Fetch(), Measure()),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
    stays=True,
)

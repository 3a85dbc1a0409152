"""colmi-ring: rings of Colmi that the app QRing speaks with (R02, R03, R06, R09, R10).

Recognised by the name: `R02_xxxx`, `R03_`, `R06_`, `R09_` with an underscore, `COLMI R10_`. The same names with a space are
ycbt. A ring has no motor and no screen: it can only blink. It is no device to call for help with.

    service 6e40fff0-b5a3-f393-e0a9-e50e24dcca9e    6e400002   write    6e400003   notify
    service de5bf728-d711-4e47-af26-65e3012a5dc7    de5bf72a   write    de5bf729   notify     old firmware has it not

    CC data... SS      16 bytes, both ways: command, 14 bytes, sum of the first 15 modulo 256. 2 s after the subscription:

    01  yy mm dd hh mi ss 01       set the clock: BCD, year from 2000, UTC; language, 01 English   -> 01, abilities
    03                             -> 03 battery, charging
    10                             blinks twice          50 55 AA    finds the ring
    69  kind 01, stop 6A kind      -> 69 kind error value, once a second. Kind 01 pulse, 03 oxygen
                                   error 0 good, value 0 while it searches; 1 worn wrongly, the end; 2 no data yet
    16  02 01 mm, off 16 02 02 mm  pulse by itself every m minutes            -> the same
    2C  02 01                      oxygen by itself                           -> the same
    3A  03 02 01                   temperature by itself (R09)                -> the same
    15  midnight u32               stored pulses of a day, seconds since 1970 of the ring's clock, little endian
                                   -> 15 00 packets step, 15 01 midnight u32 and 9 pulses, 15 02.. 13 pulses each; a pulse
                                      every step minutes, 0: none. 15 FF: nothing is stored
    73  pushed: 0C battery, charging; 12 steps u24 big endian, calories, distance; 01, 03, 04 new pulses, oxygen, steps stored
    2F  pushed: the size of packets

    BC type LL LL xx xx payload    the second channel, both ways; L of the payload, little endian; xx is not checked. It
                                   comes in notifications without any mark
    BC 2A 01 00 FF 00 FF           -> per day 49 bytes: days ago, then lowest and highest oxygen of each hour
    BC 25 01 00 3E 81 02           -> per day 50 bytes: days ago, 1E, then a temperature each half hour

The lowest oxygen of an hour is reported. A temperature is 20 degrees and so many tenths, unsigned, 0 none: read as signed,
all from 32.8 on was negative elsewhere. The clock runs in UTC, and what is stored is stamped with it, without a zone; so
each conversation says how far that is from the wall clock here. What a ring stored under a clock that somebody else set is
wrong by as much. The captured setting of the clock is of midnight sharp: the conversation began 2 s before it.

69 with other kinds (02 "blood pressure", sugar, ECG) is no measurement: refused, never started. 69 01 00 starts again on
some firmware, so it is 6A that stops. Measuring on demand empties the ring, and its maker's app avoids it: a visit asks it
to measure by itself, and takes what is stored. What has no echo (2C, 3A) is taken for not known by this model.

Confidence: high, with captured frames. Not known: live temperature (69 0B), whether days are of the ring's clock only, how
2C and 3A are switched off. Of the sum one source says modulo 255: all captures are modulo 256. H59 watches number the
kinds of 69 otherwise, and are not supported.
Sources: tahnok/colmi_r02_client (client, tests, MYSTERIES.md, issues 9 and 36); Freeyourgadget/Gadgetbridge `devices/colmi`,
`service/devices/colmi`, issues 4451 and 4491; PulseLoopAndroid issue 64.

Sensor: no pressure, finger, worn.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from drivers.bands import colmi_ring_frames, colmi_ring_records, talk
from drivers.bands.colmi_ring_frames import (
    AUTOMATIC_OXYGEN,
    AUTOMATIC_PULSE,
    AUTOMATIC_TEMPERATURE,
    BATTERY,
    BLINK,
    CLOCK,
    FIND,
    MEASURE,
    NUMBERS,
    STOP,
    STORED_PULSES,
    encoded,
)
from drivers.bands.colmi_ring_records import TABLES, Pulses
from drivers.bands.frames import BandFrame, answers, begins
from drivers.bands.talk import BandTalk
from drivers.driver import (
    Automatic,
    ClockAhead,
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
from drivers.measurement import Kind
from drivers.steps import Step, now, report
from drivers.talk import Acts, Doing, NoAnswer, NotDone

SERVICE = "6e40fff0-b5a3-f393-e0a9-e50e24dcca9e"
COMMANDS = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
ANSWERS = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
TABLE_SERVICE = "de5bf728-d711-4e47-af26-65e3012a5dc7"
TABLE_COMMANDS = "de5bf72a-d711-4e47-af26-65e3012a5dc7"
TABLE_ANSWERS = "de5bf729-d711-4e47-af26-65e3012a5dc7"

SETTLES_S = 2
DAYS = 7  # that pulses are asked for, where they were never fetched
PACKET_S, DAY_S, TABLE_S = 5, 15, 10

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (the ring's own clock)
_ENGLISH = 1
_MEASURES_S: dict[Kind, float] = {"heart_rate": 45, "oxygen_saturation": 60}
_AUTOMATIC: dict[Kind, bytes] = {
    "oxygen_saturation": encoded(AUTOMATIC_OXYGEN, 2, 1),
    "skin_temperature": encoded(AUTOMATIC_TEMPERATURE, 3, 2, 1),
}


def decode(characteristic: str, data: bytes, at: datetime | None = None) -> Decoded:
    """A frame of the first channel, or a whole table of the second; its days are counted back from `at`. Raises Refused."""
    if characteristic == ANSWERS:
        return colmi_ring_frames.decode(data)
    if characteristic == TABLE_ANSWERS:
        return colmi_ring_records.decode(data, at)
    raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")


class _ColmiRing:
    """One connection: the table that is under way, and the day whose pulses are fetched."""

    subscriptions = (Subscribe(ANSWERS, SERVICE), Subscribe(TABLE_ANSWERS, TABLE_SERVICE))

    def __init__(self, connection: BandTalk[BandFrame]) -> None:
        self._talk = connection
        self._tables = colmi_ring_records.joiner()
        self._day: Pulses | None = None
        self.acts: Acts = {
            Visit: self._visit,
            SetClock: self._set_clock,
            Automatic: self._automatic,
            Measure: self._measure,
            Fetch: self._fetch,
            Vibrate: self._blink,
            Find: self._find,
        }

    def open(self) -> Conversation:
        """Lets the ring settle, and says how far its clock is from ours."""
        yield from self._talk.pause(SETTLES_S)
        with suppress(NotDone):  # it blinks without the time too
            ahead = (yield from self._talk.utc()) - (yield from self._talk.local())
            yield ClockAhead(round(ahead.total_seconds()))

    def hear(self, told: Notified, now_s: float) -> Step[list[BandFrame]]:
        """Joins and reports."""
        if told.characteristic == TABLE_ANSWERS:
            return (yield from self._hear_tables(told.data, now_s))
        decoded = yield from report(lambda: self._decode(told))
        return answers(told.data, decoded)

    def _decode(self, told: Notified) -> Decoded:
        decoded = decode(told.characteristic, told.data)
        if told.data[0] == STORED_PULSES and self._day is not None:
            return self._day.take(told.data)
        return decoded

    def _hear_tables(self, piece: bytes, now_s: float) -> Step[list[BandFrame]]:
        frames: list[BandFrame] = []
        for one in self._tables.take(piece, now_s):
            if isinstance(one, Refusal):
                yield Report(Decoded(refusals=[one]))
            else:
                frames.append((yield from self._take_table(one)))
        return frames

    def _take_table(self, table: bytes) -> Step[BandFrame]:
        try:
            at = yield from self._talk.utc()
        except NotDone:
            at = None
        decoded = yield from report(lambda: colmi_ring_records.decode(table, at))
        return BandFrame(table, decoded)

    # --- what may be ordered ---

    def _visit(self, order: Visit) -> Doing:
        yield from self._talk.all_of({"clock": partial(self._set_clock, order), "battery": self._ask_battery})
        return "done"

    def _ask_battery(self) -> Conversation:
        yield from self._talk.command(encoded(BATTERY), begins(bytes((BATTERY,))))

    def _set_clock(self, _order: Order) -> Doing:
        utc = yield from self._talk.utc()
        clock = (talk.year_since_2000(utc), utc.month, utc.day, utc.hour, utc.minute, utc.second)
        digits = (number // 10 << 4 | number % 10 for number in clock)
        yield from self._talk.command(encoded(CLOCK, *digits, _ENGLISH), begins(bytes((CLOCK,))))
        return "done"

    def _automatic(self, order: Automatic) -> Doing:
        return (yield from self._talk.each_kind(order, ("heart_rate", *_AUTOMATIC), self._measure_by_itself))

    def _measure_by_itself(self, order: Automatic, kind: Kind) -> Conversation:
        if kind == "heart_rate":
            minutes = min(max(order.minutes, 1), 255)
            yield from self._echoed(encoded(AUTOMATIC_PULSE, 2, 1 if order.minutes > 0 else 2, minutes))
        elif order.minutes > 0:
            yield from self._echoed(_AUTOMATIC[kind])
        else:
            raise NotDone(f"how {kind} is switched off is not known", "unsupported")

    def _measure(self, order: Measure) -> Doing:
        return (yield from self._talk.each_kind(order, _MEASURES_S, self._measure_one))

    def _measure_one(self, order: Measure, kind: Kind) -> Conversation:
        number = NUMBERS[kind]
        with self._talk.expecting(lambda frame: _ends(frame, kind)) as values:
            yield from self._talk.write(encoded(MEASURE, number, 1))
            value = yield from self._talk.value(order, values, _MEASURES_S[kind])
        with suppress(NoAnswer):
            yield from self._talk.command(encoded(STOP, number), begins(bytes((STOP,))))
        if not talk.found(value, _MEASURES_S[kind]).measured(kind):
            raise NotDone("the ring is worn wrongly")

    def _fetch(self, order: Fetch) -> Doing:
        return (yield from self._talk.each_kind(order, ("heart_rate", *TABLES), self._fetch_kind))

    def _fetch_kind(self, order: Fetch, kind: Kind) -> Conversation:
        if kind == "heart_rate":
            yield from self._fetch_pulses(order)
        else:
            yield from self._fetch_table(kind)

    def _fetch_pulses(self, order: Fetch) -> Conversation:
        """Day by day of the ring's clock, the oldest first."""
        utc = yield from self._talk.utc()
        ahead = utc - (yield from self._talk.local())
        talk.year_since_2000(utc)  # else the ring's days cannot be told
        since = (yield from self._talk.since(order, DAYS, "fetch heart_rate")) + ahead
        today = utc.replace(hour=0, minute=0, second=0, microsecond=0)
        yield from self._talk.all_of(
            {
                f"pulses of {days_ago} days ago": partial(self._fetch_day, today - timedelta(days=days_ago))
                for days_ago in range((utc.date() - since.date()).days, -1, -1)
            }
        )

    def _fetch_day(self, midnight: datetime) -> Conversation:
        self._day = day = Pulses()
        seconds = int((midnight - _EPOCH).total_seconds())
        by_s = (yield from now()) + DAY_S
        try:
            with self._talk.expecting(begins(bytes((STORED_PULSES,)))) as packets:
                yield from self._talk.write(encoded(STORED_PULSES, *seconds.to_bytes(4, "little")))
                while not day.over:
                    if (yield from packets.next(PACKET_S, by_s)) is None:
                        raise NoAnswer(f"the pulses of {midnight:%Y-%m-%d} came to no end")
        finally:
            self._day = None

    def _fetch_table(self, kind: Kind) -> Conversation:
        table = TABLES[kind]
        with self._talk.expecting(begins(table.request[:2])) as tables:
            if table.switch:
                yield from self._talk.write(table.switch)
            yield from self._talk.write(table.request, TABLE_COMMANDS)
            if (yield from tables.next(TABLE_S)) is None:
                raise NotDone(f"no table of {kind} in {TABLE_S} s")

    def _blink(self, order: Vibrate) -> Doing:
        if order.level == 0:
            raise NotDone("it stops by itself", "unsupported")
        yield from self._talk.write(encoded(BLINK))
        return "sent"

    def _find(self, _order: Find) -> Doing:
        yield from self._talk.write(encoded(FIND, 0x55, 0xAA))
        return "sent"

    # --- its step ---

    def _echoed(self, command: bytes) -> Conversation:
        """Writes a command that not every model knows. Raises NotDone."""
        try:
            yield from self._talk.command(command, begins(command[:1]))
        except NoAnswer as why:
            raise NotDone(str(why)) from None


def _ends(frame: BandFrame, kind: Kind) -> bool:
    """Whether a frame ends a measurement: with a value, or because the ring is worn wrongly."""
    failed = frame.decoded.status.get("measurement") == "failed"
    return frame.data.startswith(bytes((MEASURE, NUMBERS[kind]))) and (failed or frame.measured(kind))


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[BandFrame] = BandTalk(services, context, COMMANDS)
    return connection.converse(_ColmiRing(connection), order)


DRIVER = ConnectionDriver(
    name="colmi-ring",
    title="Colmi rings (R02, R03, R06, R09, R10 with the QRing app)",
    title_zh="Colmi 指环（R02、R03、R06、R09、R10，QRing 应用）",
    measures=("heart_rate", "oxygen_saturation", "skin_temperature", "battery", "charging", "steps"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Visit(), Automatic(), Fetch()),
    sensor=SensorTraits(site="finger", worn=True),
    stays=True,
)

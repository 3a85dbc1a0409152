"""fitpro: bands and watches that the app FitPro speaks with (M4, M6, LH716, LT716, Sunset 6, Watch7, Fit1900).

Recognised by the name; the service is told from the plain UART of Nordic by its last byte, 9D and not 9E.

    service 6e400001-b5a3-f393-e0a9-e50e24dcca9d
    6e400002   write: commands, in pieces of 20 bytes without any mark     6e400003   notify: answers and records
    2A19       battery, in 180F

    CD LL LL gg 01 cc PP PP payload       L, P: length behind L, of the payload (L - 5); big endian. No checksum.
    DC 00 05 gg 01 TT TT 01               "your frame of T bytes has come", in both directions

    12 0A  02, 12 01 clock, 1A 0A, 1A 0C, 12 15 language, 12 FF 01, 1A 01, 1A 0F, 1A 10, 20 02
                                          the opening, a write each 200 ms: without it the band sends no records, and
                                          empties its battery. What comes in groups 1A and 20 is acknowledged
    12 01  u32 from the left: year from 2000 (6 bits), month (4), day (5), hour (5), minute (6), second (6); local time
    12 15  language: 00 Chinese, 01 English
    12 18  01 start, 00 stop              measures all three; the result is a record
    12 16  on, asleep too, interval u16, from u16, to u16 (minutes of the day)       measures by itself
    12 0B  01 on, 00 off                  buzzes
    12 12  icon, 0, 0, text, space        icon 1: SMS; UTF-8, 250 bytes in all
    15 06  01                             asks for the stored records
    15 0E  date u16, count u16, second of the day u32, oxygen, systolic, diastolic, pulse      a record; big endian
           date from the left: year from 2000 (7 bits), month (4), day (5). Of more than one, the first is read
    15 0C  date u16, steps u32, distance u32, calories         the total of a day: not used
    1C 01                                 from the band: "find my phone" was pressed; 02 to 04, 0A to 0C: other keys

A record is sent once, and deleted when it is acknowledged: that is done when it is on the disk, and then also with one
that holds nothing, or cannot be, so that the next can come. Nothing tells a stored record from a new one but its time; so
the stored ones are fetched before it is measured, and the first record after a start ends the measurement.

Confidence: medium. Two captured records; where the oxygen is, the sources contradict each other: Gadgetbridge reads byte
13, which is inside the seconds, and in both captures byte 16 is 98 %. It also ignores the date, which both captures prove.
Not known: the unit of the interval (taken for minutes), records with a count other than 1, the end of stored records
(taken for 5 s of silence), temperature, worn. LaxasFit (service ...9f, DF instead of CD) is another protocol.
Sources: Freeyourgadget/Gadgetbridge `devices/fitpro/FitProConstants.java`, `service/devices/fitpro/
FitProDeviceSupport.java`; DrAnaconda/MFitX `LM517CommandInterpreter.kt`.

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from drivers.bands import fitpro_frames, talk
from drivers.bands.fitpro_frames import INFORMATION, RECORD, RECORDS, SETTINGS, START, acknowledgement, encoded, joiner
from drivers.bands.frames import BandFrame
from drivers.bands.pieces import pieces, shortened
from drivers.bands.talk import BandTalk
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
    ShowText,
    Subscribe,
    Vibrate,
    Visit,
)
from drivers.measurement import Kind
from drivers.standard import battery
from drivers.standard.battery import BATTERY_LEVEL
from drivers.steps import Step, now, report
from drivers.talk import Acts, Doing, NotDone

SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9d"
COMMANDS = "6e400002-b5a3-f393-e0a9-e50e24dcca9d"
ANSWERS = "6e400003-b5a3-f393-e0a9-e50e24dcca9d"

CLOCK, FIND, TEXT, AUTOMATIC, MEASURE = 0x01, 0x0B, 0x12, 0x16, 0x18
BETWEEN_WRITES_S = 0.2
MEASURES_S = 60
STORED_SILENT_S, STORED_S = 5, 60
BUZZES_S = {1: 2, 2: 4}  # "received" and "help is on the way" are told apart by how long they buzz
TEXT_AT_MOST = 246  # and four bytes around it

_KINDS: tuple[Kind, ...] = ("heart_rate", "blood_pressure", "oxygen_saturation")
_BEFORE_CLOCK = (encoded(SETTINGS, 0x0A, b"\2"),)
_AFTER_CLOCK = (
    encoded(START, 0x0A),
    encoded(START, 0x0C),
    encoded(SETTINGS, 0x15, b"\0"),  # Chinese
    encoded(SETTINGS, 0xFF, b"\1"),
    encoded(START, 0x01),
    encoded(START, 0x0F),
    encoded(START, 0x10),
    encoded(INFORMATION, 0x02),
)


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """The battery, or a whole frame. Raises Refused."""
    if characteristic == BATTERY_LEVEL:
        return battery.decode(characteristic, data)
    if characteristic != ANSWERS:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    return fitpro_frames.decode(data)


class _FitPro:
    """One connection, and the frame that is under way."""

    subscriptions = (Subscribe(ANSWERS, SERVICE), Subscribe(BATTERY_LEVEL))

    def __init__(self, connection: BandTalk[BandFrame]) -> None:
        self._talk = connection
        self._joiner = joiner()
        self.acts: Acts = {
            Visit: self._visit,
            SetClock: self._set_clock,
            Automatic: self._automatic,
            Measure: self._measure,
            Fetch: self._fetch,
            Vibrate: self._buzz,
            Find: self._buzz,
            ShowText: self._show,
        }

    def open(self) -> Conversation:
        """What the maker's app says first, each time."""
        for command in _BEFORE_CLOCK:
            yield from self._say(command)
        with suppress(NotDone):  # it buzzes without the time too
            yield from self._set_clock(SetClock())
        for command in _AFTER_CLOCK:
            yield from self._say(command)

    def hear(self, told: Notified, now_s: float) -> Step[list[BandFrame]]:
        """Joins, reports and acknowledges."""
        if told.characteristic != ANSWERS:
            yield from report(lambda: decode(told.characteristic, told.data))
            return []
        frames = []
        for one in self._joiner.take(told.data, now_s):
            if isinstance(one, Refusal):
                yield Report(Decoded(refusals=[one]))
            else:
                frames.append((yield from self._take(one)))
        return frames

    def _take(self, data: bytes) -> Step[BandFrame]:
        decoded = yield from report(lambda: fitpro_frames.decode(data))
        with suppress(NotDone):  # then the band keeps it, and sends it once more
            if _is_record(data):
                yield from self._talk.store()
            if _is_record(data) or fitpro_frames.is_of(data, START, INFORMATION):
                yield from self._talk.write(acknowledgement(data))
        return BandFrame(data, decoded)

    # --- what may be ordered ---

    def _visit(self, _order: Visit) -> Doing:
        """The opening has done the rest."""
        level = yield from self._talk.read(BATTERY_LEVEL)
        if level is not None:
            yield from report(lambda: decode(BATTERY_LEVEL, level))
        return "done"

    def _set_clock(self, _order: Order) -> Doing:
        at = yield from self._talk.local()
        packed = talk.year_since_2000(at) << 26 | at.month << 22 | at.day << 17 | at.hour << 12 | at.minute << 6 | at.second
        yield from self._say(encoded(SETTINGS, CLOCK, packed.to_bytes(4)))
        return "sent"

    def _automatic(self, order: Automatic) -> Doing:
        """All three kinds, day and night."""
        _check(order)
        minutes = min(max(order.minutes, 0), 24 * 60)
        on, all_day = bytes((minutes > 0,)), (24 * 60 - 1).to_bytes(2)
        yield from self._say(encoded(SETTINGS, AUTOMATIC, on + on + minutes.to_bytes(2) + b"\0\0" + all_day))
        return "sent"

    def _measure(self, order: Measure) -> Doing:
        _check(order)
        start, stop = encoded(SETTINGS, MEASURE, b"\1"), encoded(SETTINGS, MEASURE, b"\0")
        yield from self._talk.measure(order, start, stop, lambda frame: frame.measured(order.kind), MEASURES_S)
        return "done"

    def _fetch(self, _order: Fetch) -> Doing:
        """They come until they have all come; nothing says how many there are."""
        by_s = (yield from now()) + STORED_S
        with self._talk.expecting(lambda frame: _is_record(frame.data)) as records:
            yield from self._talk.write(encoded(RECORDS, 0x06, b"\1"))
            while (yield from records.next(STORED_SILENT_S, by_s)) is not None:
                pass
        return "done"

    def _buzz(self, order: Vibrate | Find) -> Doing:
        if seconds := BUZZES_S.get(order.level if isinstance(order, Vibrate) else 1):
            yield from self._talk.write(encoded(SETTINGS, FIND, b"\1"))
            yield from self._talk.pause(seconds)
        yield from self._talk.write(encoded(SETTINGS, FIND, b"\0"))
        return "sent"

    def _show(self, order: ShowText) -> Doing:
        text = b"\1\0\0" + shortened(order.text or "", TEXT_AT_MOST) + b" "
        for piece in pieces(encoded(SETTINGS, TEXT, text)):
            yield from self._talk.write(piece)
        return "sent"

    # --- its step ---

    def _say(self, command: bytes) -> Conversation:
        """Writes a command, and gives the band time for it."""
        yield from self._talk.write(command)
        yield from self._talk.pause(BETWEEN_WRITES_S)


def _check(order: Measure | Automatic) -> None:
    """Raises NotDone where a kind is asked for that these bands do not measure."""
    if order.kind not in (None, *_KINDS):
        raise NotDone(f"this band cannot {order.name} {order.kind}", "unsupported")


def _is_record(data: bytes) -> bool:
    return fitpro_frames.is_of(data, RECORDS) and data[5] == RECORD


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[BandFrame] = BandTalk(services, context, COMMANDS)
    return connection.converse(_FitPro(connection), order)


DRIVER = ConnectionDriver(
    name="fitpro",
    title="FitPro bands and watches (M4, M6, LH716, LT716, Watch7, Fit1900)",
    title_zh="FitPro 手环和手表（M4、M6、LH716、LT716、Watch7、Fit1900）",
    measures=("heart_rate", "blood_pressure", "oxygen_saturation", "battery", "button"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Visit(), Fetch(), Measure()),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
    stays=True,
)

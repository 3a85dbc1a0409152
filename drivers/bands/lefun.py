"""lefun: bands with firmware of Teng Jin Da (Lefun, Bohemic, Vivitar HR & BP Monitor IMP-2027).

Recognised by the name: `Lefun`, `.bohemic`, `IMP-2027`. The service is not advertised, so it is enrolled by hand.

    service 18D0     2D01   write: commands           2D00   notify: answers and values

    AB|5A LL CC params... KK           AB from the gateway, 5A (some: 5B) from the band; what follows the frame is ignored
        L  length of the whole frame, 4 to 20;   C  command;   K  CRC-8/MAXIM over all before it

    00                                 -> 16 bytes of firmware, of no use here
    01                                 -> 00 bonded already, 01 bonded
    03                                 -> battery, %
    04  01 yy mm dd hh mi ss           -> 01 01: the clock is set; year from 2000, local time
    09                                 -> 01: buzzes; the answer comes after 2 s
    0A                                 from the band: "find my phone" was pressed
    0F  kind                           -> kind, 01 started, 00 refused
    10                                 from the band: kind, value; the measurement is over
    11  kind                           -> kind, records in all, number from 1, yy mm dd hh mi ss, value,
                                          and, where there are more than 255, the high bytes of both counts
    17  02 pieces number text...       a text, as an SMS (bit 1): UTF-8 in pieces of 13 bytes, 254 in all; no answer

        kind  01 pulse, 02 pressure (two bytes), 04 oxygen; one at a time

A pressure is told in an order that only one client has an opinion of (systolic first): the larger is taken for the systolic.
A measurement ends by itself, a pulse after 15 to 30 s, and is never stopped. Rings do not answer to the setting of the clock.

Confidence: medium. Layouts and CRC are complete, three clients agree on them, one of them in daily use with a ring; but no
captured value is published. Not known: the order of a pressure, what a failed measurement says, what is said where nothing is
stored (taken for nothing: silence, or 0 records in all), worn.
Sources: Freeyourgadget/Gadgetbridge `devices/lefun/*`, `service/devices/lefun/*`; a C tool for firmware of Teng Jin Da with
the same service, CRC, battery and clock; `lefun_ring`, an integration of a Lefun ring for Home Assistant (5B, the clock, how
long a pulse takes).

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from drivers.bands import lefun_frames, talk
from drivers.bands.frames import BandFrame, answers
from drivers.bands.lefun_frames import (
    BATTERY,
    BOND,
    BUZZ,
    CLOCK,
    FIRMWARE,
    MEASURE,
    RESULT,
    SENSORS,
    STORED,
    TEXT,
    counts,
    encoded,
    params_of,
)
from drivers.bands.pieces import pieces, shortened
from drivers.bands.talk import BandTalk
from drivers.bluetooth_uuid import full_uuid
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Fetch,
    Find,
    Measure,
    Notified,
    Order,
    Pair,
    Refused,
    SensorTraits,
    Services,
    SetClock,
    ShowText,
    Subscribe,
    Vibrate,
    Visit,
)
from drivers.measurement import Kind
from drivers.steps import Step, now, report
from drivers.talk import Acts, Doing, NotDone

SERVICE = full_uuid(0x18D0)
ANSWERS = full_uuid(0x2D00)
COMMANDS = full_uuid(0x2D01)

TEXT_AT_MOST, TEXT_PIECE = 254, 13
SMS = 1 << 1
MEASURES_S = 60
RECORD_S, RECORDS_S = 5, 30


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One value of a characteristic, which is a frame. Raises Refused."""
    if characteristic != ANSWERS:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    return lefun_frames.decode(data)


class _Lefun:
    """One connection."""

    subscriptions = (Subscribe(ANSWERS, SERVICE),)

    def __init__(self, connection: BandTalk[BandFrame]) -> None:
        self._talk = connection
        self.acts: Acts = {
            Visit: self._visit,
            SetClock: self._set_clock,
            Measure: self._measure,
            Fetch: self._fetch,
            Vibrate: self._buzz,
            Find: self._buzz,
            ShowText: self._show,
            Pair: self._bond,
        }

    def open(self) -> Conversation:
        """Nothing is wanted before the first command."""
        yield from ()

    def hear(self, told: Notified, _now_s: float) -> Step[list[BandFrame]]:
        """Each notification is a frame."""
        decoded = yield from report(lambda: decode(told.characteristic, told.data))
        return answers(told.data, decoded)

    # --- what may be ordered ---

    def _visit(self, order: Visit) -> Doing:
        yield from self._talk.all_of(
            {
                "firmware": partial(self._command, FIRMWARE),
                "clock": partial(self._set_clock, order),
                "battery": partial(self._command, BATTERY),
            }
        )
        return "done"

    def _set_clock(self, _order: Order) -> Doing:
        local = yield from self._talk.local()
        clock = (talk.year_since_2000(local), local.month, local.day, local.hour, local.minute, local.second)
        yield from self._command(CLOCK, bytes((1, *clock)), good=b"\1\1")
        return "done"

    def _measure(self, order: Measure) -> Doing:
        return (yield from self._talk.each_kind(order, SENSORS, self._measure_one))

    def _measure_one(self, _order: Measure, kind: Kind) -> Conversation:
        number = bytes((SENSORS[kind].number,))
        with self._talk.expecting(_is_answer(RESULT, number)) as results:
            yield from self._command(MEASURE, number, answer=number, good=number + b"\1")
            result = talk.found((yield from results.next(MEASURES_S)), MEASURES_S)
        if not result.measured(kind):
            raise NotDone("the band could not measure")

    def _fetch(self, order: Fetch) -> Doing:
        return (yield from self._talk.each_kind(order, SENSORS, self._fetch_kind))

    def _fetch_kind(self, _order: Fetch, kind: Kind) -> Conversation:
        """All records of a kind. They stay in the band: it knows no way to delete them."""
        number = bytes((SENSORS[kind].number,))
        by_s = (yield from now()) + RECORDS_S
        came: set[int] = set()
        with self._talk.expecting(_is_answer(STORED, number)) as records:
            yield from self._talk.write(encoded(STORED, number))
            while (frame := (yield from records.next(RECORD_S, by_s))) is not None:
                record, in_all = counts(params_of(frame.data))
                came.add(record)
                if len(came) >= in_all:
                    return
        if came:
            raise NotDone(f"{len(came)} stored records came, and not all")

    def _buzz(self, order: Vibrate | Find) -> Doing:
        if isinstance(order, Vibrate) and order.level == 0:
            raise NotDone("it stops by itself", "unsupported")
        yield from self._command(BUZZ, good=b"\1")
        return "done"

    def _show(self, order: ShowText) -> Doing:
        text = pieces(shortened(order.text or "", TEXT_AT_MOST), TEXT_PIECE)
        for number, piece in enumerate(text, 1):
            yield from self._talk.write(encoded(TEXT, bytes((SMS, len(text), number)) + piece))
        return "sent"

    def _bond(self, _order: Pair) -> Doing:
        yield from self._command(BOND)
        return "done"

    # --- its step ---

    def _command(self, command: int, data: bytes = b"", answer: bytes = b"", good: bytes = b"") -> Conversation:
        """Writes a command; the answer begins with `answer`, and, where all is well, with `good`. Raises NotDone."""
        frame = yield from self._talk.command(encoded(command, data), _is_answer(command, answer))
        told = params_of(frame.data)
        if not told.startswith(good):
            raise NotDone(f"the band refuses {command:02x}: {told[:4].hex(' ')}")


def _is_answer(command: int, beginning: bytes) -> Callable[[BandFrame], bool]:
    return lambda frame: frame.data[2] == command and params_of(frame.data).startswith(beginning)


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[BandFrame] = BandTalk(services, context, COMMANDS)
    return connection.converse(_Lefun(connection), order)


DRIVER = ConnectionDriver(
    name="lefun",
    title="Lefun, Bohemic, Vivitar IMP-2027 and other bands of Teng Jin Da",
    title_zh="Lefun、Bohemic、Vivitar IMP-2027 及 Teng Jin Da 的其他手环",
    measures=("heart_rate", "blood_pressure", "oxygen_saturation", "battery", "button"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Visit(), Fetch(), Measure()),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
    stays=True,
)

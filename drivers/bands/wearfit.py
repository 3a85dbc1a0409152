"""wearfit: watches that the apps WearFit 2.0 and Wearfit Pro speak with (DT78 and its kin).

Enrolled by hand: the DT78 advertises its name, and FEE7 or that it looks for the notifications of an Apple phone. The service
is the plain UART of Nordic, which many devices have; the family is told by answers that begin with AB.

    service 6e400001-b5a3-f393-e0a9-e50e24dcca9e
    6e400002   write: commands
    6e400003   notify: answers and values

    AB LL LL FF CC SS data...
        L  bytes from FF to the end, big endian
        C, S  command and what of it

First byte not AB, or fourth not FF: `not_mine`. No checksum. What is longer than 20 bytes travels in pieces, both ways: 20
bytes of the frame, then an index 00, 01, ... and up to 19 bytes each.

    93 80  00 YYYY MM DD hh mi ss      set the clock: local, year big endian; no answer
    91 80  01 (or nothing)             -> 91 80 cc pp     charging (0 no, 1 yes, 2 full), battery %
    31 09  01, stop 00                 -> 31 09 vv ..     pulse; 0A: a stream of it
    31 11  01, stop 00                 -> 31 11 vv ..     oxygen, %; 12: a stream of it
    31 21  01, stop 00                 -> 31 21 ss dd     systolic, diastolic; 22: a stream of them
    32 80  01, stop 00                 -> 32 80 hh oo ss dd    all four. A note in the source has another order, its captured
                                          bytes (44 61 72 4B: 68, 97, 114, 75) have this one
    51 80  00 yy MM DD hh mi           -> 51 08 ssssss cccccc ..     steps of the day and kcal, u24 big endian
                                       -> 51 20 yy MM DD hh ssssss cccccc 00000000 xxxxxxxxxx    each stored hour since then:
                                          steps of that hour only, the last five bytes are not known: no measurement
    71 80                              find: the watch vibrates
    72 80  ii 02 text                  show a text: i 03 message, 01 call, 09 WeChat, 0A WhatsApp; at most 125 bytes of UTF-8
                                       -> 7D 80 01        find phone pressed, 00 ended
                                       -> 92 C0 major minor ..    firmware
    73 alarms, 76 quiet hours, 77 raise to wake, 78 hourly measuring, 7B language, 7C clock of 12 hours, 99 and 9D music:
    no measurement. 86 and kinds 41, 81 of 31 exist, nobody has described their answers. Never sent: 23 reset, 25 update mode.

Confidence: high for live values, which were captured on a watch. Not known: the byte behind a pulse or an oxygen; an answer
that says "not worn"; how long a measurement lasts; whether a stored hour holds vital signs, so none are fetched.
Sources: fbiego/dt78 `DT78_COMMANDS.md`, `CMD_TYPES.md`, `chronos.md`, `dt78_ble_client`; a list of the commands of
com.wakeup.wearfit2 in Python.

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from drivers.bands import vital_signs
from drivers.bands.frames import BandFrame
from drivers.bands.numbered_pieces import NumberedJoiner, numbered_pieces
from drivers.bands.pieces import shortened
from drivers.bands.talk import BandTalk
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
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
from drivers.steps import Step, report
from drivers.talk import Acts, Doing, NoAnswer, NotDone

SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
COMMANDS = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
ANSWERS = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"

MEASURED_S = 60  # nothing is published; then it is stopped
TEXT_BYTES = 125

_AROUND = 3  # bytes of a frame that its length does not count
_BATTERY, _STEPS, _ALL = b"\x91\x80", b"\x51\x08", b"\x32\x80"
_CLOCK, _SINCE, _FIND, _TEXT = b"\x93\x80", b"\x51\x80", b"\x71\x80", b"\x72\x80"
_MESSAGE = b"\x03\x02"
_ONCE: dict[Kind, bytes] = {"heart_rate": b"\x31\x09", "oxygen_saturation": b"\x31\x11", "blood_pressure": b"\x31\x21"}
_STREAM: dict[Kind, bytes] = {"heart_rate": b"\x31\x0a", "oxygen_saturation": b"\x31\x12", "blood_pressure": b"\x31\x22"}
_CHARGING = {0: "no", 1: "charging", 2: "full"}


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One whole frame. Raises Refused."""
    if characteristic != ANSWERS:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    if data[:1] not in (b"", b"\xab") or data[3:4] not in (b"", b"\xff"):
        raise Refused("not_mine", f"begins with {data[:4].hex(' ')}, not with AB .. .. FF")
    need(data, 6, "frame")
    if len(data) != (size := _size(data)):
        raise Refused("length", f"frame: {len(data)} bytes, says {size}")
    command, told = data[4:6], data[6:]
    if command in _MEANINGS:
        least, read = _MEANINGS[command]
        need(told, least, f"{command.hex(' ')}")
        return read(told)
    if command[0] in _WITHOUT_MEASUREMENT:
        return Decoded()
    raise Refused("unsupported", f"command {command.hex(' ')}")


def _size(data: bytes) -> int:
    return int.from_bytes(data[1:3]) + _AROUND


def _pulse(told: bytes) -> Decoded:
    return Decoded(vital_signs.heart_rate(told[0]))


def _oxygen(told: bytes) -> Decoded:
    return Decoded(vital_signs.oxygen(told[0]))


def _pressure(told: bytes) -> Decoded:
    return Decoded(vital_signs.optical_pressure(told[0], told[1]))


def _all(told: bytes) -> Decoded:
    pulse, percent, systolic, diastolic = told[:4]
    return Decoded(
        [
            *vital_signs.heart_rate(pulse),
            *vital_signs.oxygen(percent),
            *vital_signs.optical_pressure(systolic, diastolic),
        ]
    )


def _battery(told: bytes) -> Decoded:
    return Decoded(vital_signs.battery(told[1]), status={"charging": _CHARGING.get(told[0], "unknown")})


def _steps(told: bytes) -> Decoded:
    return Decoded(vital_signs.steps(int.from_bytes(told[:3])))


def _stored_hour(_told: bytes) -> Decoded:
    return Decoded()


def _find_phone(told: bytes) -> Decoded:
    return Decoded([Measurement(kind="button", value="find_phone")] if told[0] == 1 else [])


def _firmware(told: bytes) -> Decoded:
    return Decoded(status={"firmware": f"{told[0]}.{told[1]}"})


_MEANINGS: dict[bytes, tuple[int, Callable[[bytes], Decoded]]] = {  # the least bytes behind the command, and how they are read
    b"\x31\x09": (2, _pulse),
    b"\x31\x0a": (2, _pulse),
    b"\x31\x11": (2, _oxygen),
    b"\x31\x12": (2, _oxygen),
    b"\x31\x21": (2, _pressure),
    b"\x31\x22": (2, _pressure),
    _ALL: (4, _all),
    _BATTERY: (2, _battery),
    _STEPS: (6, _steps),
    b"\x51\x20": (19, _stored_hour),
    b"\x7d\x80": (1, _find_phone),
    b"\x92\xc0": (2, _firmware),
}
_WITHOUT_MEASUREMENT = bytes.fromhex("7172737677787b7c93999d")


def encoded(command: bytes, data: bytes = b"") -> bytes:
    """The bytes of a frame."""
    behind = b"\xff" + command + data
    return b"\xab" + len(behind).to_bytes(2) + behind


def _says(command: bytes) -> Callable[[BandFrame], bool]:
    return lambda frame: frame.data[4:6] == command


class _Wearfit:
    """One connection: the frame that is under way."""

    subscriptions = (Subscribe(ANSWERS, SERVICE),)

    def __init__(self, connection: BandTalk[BandFrame]) -> None:
        self._talk = connection
        self._joiner = NumberedJoiner(_size)
        self.acts: Acts = {
            Visit: self._visit,
            SetClock: self._set_clock,
            Measure: self._measure,
            Vibrate: self._vibrate,
            Find: self._vibrate,
            ShowText: self._show,
        }

    def open(self) -> Conversation:
        """Nothing is wanted before the first command."""
        yield from ()

    def hear(self, told: Notified, now_s: float) -> Step[list[BandFrame]]:
        """Nothing is acknowledged."""
        frames = []
        for whole in self._joiner.take(told.data, now_s):
            if isinstance(whole, bytes):
                decoded = yield from report(partial(decode, told.characteristic, whole))
                frames.append(BandFrame(whole, decoded))
            else:
                yield Report(Decoded(refusals=[whole]))
        return frames

    # --- what may be ordered ---

    def _visit(self, order: Visit) -> Doing:
        yield from self._set_clock(order)
        failed = yield from self._talk.each({"battery": self._ask_battery, "steps": self._ask_steps})
        failed.pop("steps", None)  # not every model tells them
        self._talk.check(failed)
        return "done"

    def _ask_steps(self) -> Conversation:
        local = yield from self._talk.local()
        since = bytes((0, local.year % 100, local.month, local.day, local.hour, local.minute))
        yield from self._talk.command(encoded(_SINCE, since), _says(_STEPS))

    def _ask_battery(self) -> Conversation:
        """Other models than the DT78 want no byte behind the command."""
        for data in (b"\1", b""):
            with suppress(NoAnswer):
                yield from self._talk.command(encoded(_BATTERY, data), _says(_BATTERY))
                return
        raise NoAnswer("no answer to 91 80")

    def _set_clock(self, _order: Order) -> Doing:
        local = yield from self._talk.local()
        clock = bytes((local.month, local.day, local.hour, local.minute, local.second))
        yield from self._write(encoded(_CLOCK, b"\0" + local.year.to_bytes(2) + clock))
        return "sent"

    def _measure(self, order: Measure) -> Doing:
        if order.kind is None:
            command = _ALL
        elif order.kind in _ONCE:
            command = (_STREAM if order.stream else _ONCE)[order.kind]
        else:
            raise NotDone(f"this band cannot measure {order.kind}", "unsupported")
        yield from self._talk.measure(
            order,
            encoded(command, b"\1"),
            encoded(command, b"\0"),
            lambda frame: frame.data[4:6] == command and frame.measured(None),
            MEASURED_S,
        )
        return "done"

    def _vibrate(self, order: Vibrate | Find) -> Doing:
        if isinstance(order, Vibrate) and order.level == 0:
            raise NotDone("it stops by itself", "unsupported")
        yield from self._write(encoded(_FIND))
        return "sent"

    def _show(self, order: ShowText) -> Doing:
        yield from self._write(encoded(_TEXT, _MESSAGE + shortened(order.text or "", TEXT_BYTES)))
        return "sent"

    # --- its steps ---

    def _write(self, frame: bytes) -> Conversation:
        for piece in numbered_pieces(frame):
            yield from self._talk.write(piece)


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[BandFrame] = BandTalk(services, context, COMMANDS)
    return connection.converse(_Wearfit(connection), order)


DRIVER = ConnectionDriver(
    name="wearfit",
    title="WearFit 2.0 and Wearfit Pro watches (DT78)",
    title_zh="WearFit 2.0 和 Wearfit Pro 应用的手表（DT78）",
    measures=("heart_rate", "blood_pressure", "oxygen_saturation", "battery", "charging", "steps", "button"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Visit(), Measure()),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
    stays=True,
)

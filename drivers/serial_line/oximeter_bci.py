"""Oximeters with five-byte frames ("BCI"): BerryMed BM1000 and BM2000 class, Contec CMS50D/D+ up to firmware 3.x, OEM boards.

Contec: 19200 baud 8O1, odd parity (with 8N1 about half of the bytes break: set `parity`). OEM boards: 4800 8N1. BerryMed
boards: 115200 8N1 (uncertain; their BLE carries the same bytes). 60 to 100 frames a second, unasked. No checksum.

    1bxn ssss   0wwwwwww   0hyf gggg   0rrrrrrr   0ooooooo
        byte 0  b beat; x Contec "SpO2 falling", BerryMed "probe unplugged": hides nothing, the two mean different things;
                n Contec "searching too long", BerryMed "no signal"; s signal 0 to 8, 15 unknown
        byte 1  w wave      byte 2  h bit 7 of the pulse; y searching; f probe error, no finger; g bar
        byte 3  r bits 0-6 of the pulse, /min: 255 and 0 none
        byte 4  o SpO2 %: 127 and 0 none; 101 to 126 cannot be
    n, y or f set: no measurement, the numbers freeze

Store of a Contec, when it is asked for, without any time: F5 F5 to the device; F2 80 00 three times from it; three bytes of
length (7 bits each, high first; bit 7 set, set, clear), length + 1 bytes follow; then a triplet a second. F6 F6 F6 goes back to
live data.

    F0|p7   80|pulse   SpO2        p7 bit 7 of the pulse; 0 is nothing

Refused: `length` a frame cut by a byte with bit 7 set, which begins the next; `implausible` more than 100 %; `not_mine` bytes
with bit 7 clear that belong to no frame. When a frame is believed: bit_frames.py.

Sources: atbrask/CMS50Dplus with its unit tests, Yujia-Yan/CMS50SerialProtocolKit, a Chinese manual translated in a picbasic
forum, apneuvereniging CMS50X page, berry-oximeter 0.0.3 and adafruit BerryMed libraries. Confidence: high for the frame, medium
for bits x and n.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from functools import partial

from drivers.driver import Context, Conversation, Fetch, Item, Refused, Send, SensorTraits, SerialDriver, StreamDecoder
from drivers.serial_line.bit_frames import BitFrames
from drivers.serial_line.frame_search import Found, FrameSearch, WholeFrame, stray_before
from drivers.serial_line.line_talk import LineTalk
from drivers.serial_line.oximeter import readings
from drivers.serial_line.state_changes import StateChanges
from drivers.talk import Doing, NotDone

_SIZE = 5
_BELIEVED_AFTER = 30  # frames, less than half a second

# --- live data ----------------------------------------------------------------------------------------------------------


def live_decoder() -> StreamDecoder:
    """Of what it says unasked; BerryMed clips say the same over Bluetooth (`bands/berry_oximeter.py`)."""
    return BitFrames(_SIZE, partial(_read, StateChanges()), _BELIEVED_AFTER)


def _read(states: StateChanges, frame: bytes) -> list[Item]:
    state = {
        "no_signal": frame[0] >> 4 & 1 == 1,
        "searching": frame[2] >> 5 & 1 == 1,
        "finger_out": frame[2] >> 4 & 1 == 1,
    }
    told: list[Item] = []
    if not any(state.values()):
        told += readings(_pulse(frame[2] << 1 & 0x80 | frame[3]), _percent(frame[4]))
    return told + states.told(state)


def _pulse(told: int) -> int | None:
    return None if told in (0, 255) else told


def _percent(told: int) -> int | None:
    return None if told in (0, 127) else told


# --- the store ----------------------------------------------------------------------------------------------------------

FETCH, LIVE = b"\xf5\xf5", b"\xf6\xf6\xf6"
_HEAD = bytes.fromhex("F28000") * 3
_LENGTH = 3
_TRIPLET = 3


class StoreDownload:
    """A StreamDecoder of a download. `seconds`: how many there are (None: it has not begun); `came_s`: how many came."""

    def __init__(self) -> None:
        self.seconds: int | None = None
        self.came_s = 0
        self._search = FrameSearch(self._look)

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        return self._search.feed(data)

    def close(self) -> list[Item]:
        """What is left over is refused."""
        return self._search.close()

    @property
    def complete(self) -> bool:
        """Whether all of it came."""
        return self.came_s == self.seconds

    def _look(self, data: bytes, at: int) -> Found | None:
        if self.seconds is None:
            return self._beginning(data, at)
        if self.complete:
            return WholeFrame(len(data) - at)  # the device goes back to what it said before
        triplet = data[at : at + _TRIPLET]
        if len(triplet) < _TRIPLET:
            return None
        if triplet[0] & 0xFE != 0xF0 or triplet[1] < 0x80 or triplet[2] >= 0x80:
            raise Refused("length", "a triplet that is none")
        second, self.came_s = self.came_s, self.came_s + 1
        pulse = _pulse(triplet[0] << 7 & 0x80 | triplet[1] & 0x7F)
        return WholeFrame(_TRIPLET, readings(pulse, _percent(triplet[2]), history=True, second=second))

    def _beginning(self, data: bytes, at: int) -> Found | None:
        if stray := stray_before(data, at, _HEAD):
            return WholeFrame(stray.size)  # live data that was under way
        size = len(_HEAD) + _LENGTH
        if len(data) - at < size:
            return None
        high, middle, low = data[at + len(_HEAD) : at + size]
        length = ((high & 0x7F) << 14 | (middle & 0x7F) << 7 | low) + 1
        if high < 0x80 or middle < 0x80 or low >= 0x80 or length % _TRIPLET:
            raise Refused("length", "a length that is none")
        self.seconds = length // _TRIPLET
        return WholeFrame(size)


def converse(_context: Context) -> Conversation:
    """Hears live data, and fetches the store when it is asked to."""
    talk = LineTalk(live_decoder())
    talk.acts = {Fetch: partial(_fetch, talk)}
    while True:
        yield from talk.listen()
        yield from talk.obey()


def _fetch(talk: LineTalk, _order: Fetch) -> Doing:
    talk.decoder = store = StoreDownload()
    yield Send(FETCH)
    complete = yield from talk.take_in(lambda: store.came_s, lambda: store.complete)
    yield Send(LIVE)
    talk.decoder = live_decoder()
    if not complete:
        raise NotDone("no store" if store.seconds is None else f"{store.came_s} of {store.seconds} s came")
    return "done"


DRIVER = SerialDriver(
    name="oximeter-bci",
    title="BerryMed BM1000, Contec CMS50D/D+ up to firmware 3.x, OEM boards: oximeters with five-byte frames",
    title_zh="贝瑞 BerryMed BM1000、康泰 Contec CMS50D/D+（固件 3.x 及以前）、OEM 模块：五字节帧的血氧仪",
    measures=("heart_rate", "oxygen_saturation"),
    decoder=live_decoder,
    converse=converse,
    baud=4800,
    many_a_second=True,
    sensor=SensorTraits(site="finger"),
)

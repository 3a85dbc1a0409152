"""wellue-o2ring: rings and wrist oximeters of Viatom, sold as Wellue and others (O2Ring, Checkme O2, SleepO2, O2 Max, KidsO2).

Enrolled by hand or by the service, which most advertise. Nothing is paired; one connection at a time. A ring is asked, and
answers; it tells values while it is worn, after some seconds of calibrating.

    service 14839ac4-7d7e-415c-9a42-167340cf2339
    8b00ace7-eb0b-49b0-bbe9-9aee0a26e1a3   write: questions, in pieces of 20 bytes
    0734594a-a8e7-4b1a-a6b1-cd5243059a57   notify: answers, cut anywhere

    AA qq ~q bb bb LL LL data... cc      a question; b a block of a file, else 0; L u16 little endian, bytes of data
    55 ss ~s bb bb LL LL data... cc      the answer, which does not say to what; s 0 good
        c  CRC-8/SMBUS over all before it

    17, asked every four seconds -> 13 bytes, of older ones 12
        0     oxygen saturation, %: 0 and FF none
        1-2   pulse, /min, u16 little endian: 0 and FFFF none
        3-6   steps of this session      9   motion      12  alarms: no measurement
        7     battery, %                 8   0 on battery, 1 charging, 2 full
        10    perfusion index, tenths of a percent (no kind in the contract: stepped over)
        11    bit 0 worn; the upper half counts down to switching off

Worn without numbers is calibrating. The battery is told while it is worn, charging always. First byte not 55, or the third not
~s: `not_mine`; more than 1024 bytes, or less than 12 of data: `length`; check: `checksum`; s other than 0: `unsupported`.
Never asked: 14 and 15 who it is, 16 settings and clock, 18 factory reset, 1B the wave, 03 to 05 the files of its nights.

A ring that is not worn is left after a minute, for a ring switches itself off some two minutes after it was taken off, and,
says one program, only while nobody is connected. As long as it advertises the gateway tries it again, less and less, so that
it can; one that is put on before it did is read up to a quarter of an hour later. Put it into its charger when it is not worn.

Confidence: high: the maker's library and three independent programs agree, three answers are published. Not known: which of the
older models leave out the last byte. Another protocol, not read: O2Ring S, T8520 (service e8fb0001-...).
Sources: MackeyStingray/o2r `o2state.py` (captured answers), `o2pkt.py` (frame); ecostech/viatom-ble (frame, leaving);
viatom-develop/LepuBle and its library, `OxyBleResponse.RtParam` (fields, charging); home-health-hub/viatom-o2ring-ble;
nglessner/o2ring-s-protocol (the other protocol).

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime

from drivers.bands import vital_signs
from drivers.bands.clip_talk import Clip, ClipTalk, joined
from drivers.bands.pieces import Joiner
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Order,
    Refused,
    SensorTraits,
    Services,
    Subscribe,
)
from drivers.framing import crc8_smbus, need
from drivers.steps import now
from drivers.talk import NotDone

SERVICE = "14839ac4-7d7e-415c-9a42-167340cf2339"
QUESTIONS = "8b00ace7-eb0b-49b0-bbe9-9aee0a26e1a3"
VALUES = "0734594a-a8e7-4b1a-a6b1-cd5243059a57"

EVERY_S = 4
ASK = bytes.fromhex("AA17E8000000001B")
_HEAD, _AROUND, _LONGEST = 7, 8, 1024
_BEGINS = re.compile(rb"\x55")
_FEWEST = 12
_WORN = 0x01
_CHARGING = {0: "no", 1: "charging", 2: "full"}


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One whole answer to 17. Raises Refused."""
    if characteristic != VALUES:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    size = _size(data)
    if len(data) != size:
        raise Refused("length", f"answer: {len(data)} bytes, says {size or 'nothing'}")
    if crc8_smbus(data[:-1]) != data[-1]:
        raise Refused("checksum", "CRC-8 of the answer")
    if data[1]:
        raise Refused("unsupported", f"answer with the status {data[1]:02x}")
    return _live(data[_HEAD:-1])


def _size(data: bytes) -> int | None:
    if data[:1] not in (b"", b"\x55") or (len(data) > 2 and data[1] ^ data[2] != 0xFF):
        raise Refused("not_mine", f"begins with {data[:3].hex(' ')}, not with 55, a status and its complement")
    if len(data) < _HEAD:
        return None
    size = _AROUND + int.from_bytes(data[5:7], "little")
    if size > _LONGEST:
        raise Refused("length", f"answer: says {size} bytes")
    return size


def _live(told: bytes) -> Decoded:
    need(told, _FEWEST, "answer to 17")
    worn = bool(told[11] & _WORN)
    status: dict[str, object] = {"worn": worn, "charging": _CHARGING.get(told[8], "unknown")}
    if not worn:
        return Decoded(status=status)
    pulse = int.from_bytes(told[1:3], "little")
    measured = [*vital_signs.oxygen(told[0]), *vital_signs.heart_rate(0 if pulse == 0xFFFF else pulse)]
    return Decoded([*measured, *vital_signs.battery(told[7])], status=status)


class _Ring(Clip):
    """One connection: it is asked again and again."""

    def __init__(self, connection: ClipTalk) -> None:
        super().__init__(joined(Joiner(_size, _BEGINS), decode), Subscribe(VALUES, SERVICE))
        self._talk = connection

    def open(self) -> Conversation:  # type: ignore[explicit-override]  # from 3.12 on
        """Asks, and again in a while. Raises NotDone."""
        yield from self._talk.write(ASK)
        self._talk.do_at((yield from now()) + EVERY_S, self._ask_again)

    def _ask_again(self) -> Conversation:
        with suppress(NotDone):  # then no value comes, and the link is given up for that
            yield from self.open()


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection = ClipTalk(services, context, QUESTIONS)
    return connection.converse(_Ring(connection), order)


DRIVER = ConnectionDriver(
    name="wellue-o2ring",
    title="Wellue and Viatom rings and wrist oximeters (O2Ring, Checkme O2, SleepO2, O2 Max, KidsO2)",
    title_zh="源动创新 Wellue/Viatom 指环式和腕式血氧仪（O2Ring、Checkme O2、SleepO2、O2 Max、KidsO2）",
    measures=("oxygen_saturation", "heart_rate", "battery", "charging"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)

"""omron-bp: blood pressure monitors of Omron with Bluetooth, HEM-xxxxT, and a real cuff (wrist: HEM-6232T).

Enrolled by hand, with its model and a key of 16 bytes that the gateway stores in it when it is paired.

    service ecbe3980-c9a2-11e1-b1bd-0002a5d5c51b
    b305b680   unlock: write and notify
    db5b55e0   write: questions                              (e0b8a060, 0ae12b00, 10e1ba60: more of it than 16 bytes)
    49123040, 4d0bf320, 5128ce60, 560f1420    notify: answers, 16 bytes in each, in any order

    unlock:  02 + 16 zeros  -> 82 00    programme a key: in pairing mode (-P-) and once bonded; else asked again each second
             00 + key       -> 80 00    the key is stored
             01 + key       -> 81 00    unlocked; anything else: it is not paired with this gateway

    nn tt tt aa aa dd data 00 xx
        n  length of all, data + 8;  t  type;  a  address in its memory;  d  length of the data
        x  makes the XOR of all bytes 0

    08 00 00 00 00 10 00 18    begin  -> type 8000, 16 bytes of it that are not known
    08 01 00 aa aa dd 00 xx    read   -> type 8100, the same address. No answer in 1 s: again, five times
    08 0F 00 00 00 00 00 07    end    -> type 8F00, and where the data would be 0: well

Models: `omron_bp_records.py`. Each user has a ring of slots with a record in each, all FF where there was none yet:

    14 bytes, bits from the left (big endian)                     16 bytes, as one little endian number, bits from its left
    diastolic 0-7, systolic - 25 8-15, year - 2000 16-23 or       minute 68-73, second 74-79, moved 80, irregular 81,
    18-23, pulse 24-31, moved 32, irregular 33 (6232T: these      month 82-85, day 86-90, hour 91-95, year - 2000 98-103,
    two swapped), month 34-37, day 38-42, hour 43-47,             pulse 104-111, diastolic 112-119, systolic - 25 120-127
    minute 52-57, second 58-63
    counters, at 0260 (14 bytes) or 0010: u16 for each user, its low byte the slot that is written next

Pressures in mmHg, pulse in /min; seconds above 59 count as 59. A systolic of 255 is a value here, for 25 is added to it: FF
and 00 of the byte itself are none. A cuff measures: no `optical`. Body movement and irregular pulse: `questionable`.

Its memory is never written, as the calibration of the sensor is likely near: neither its clock nor its counter of unread
records. So its clock stays as the owner has set it, and one user's records (1, where nothing else is asked) are told from
others only by their ring. Read is from the slot that the last visit came to, up to the counter; the whole ring where that
is not known, or where the newest record is not the one before the counter. It shows itself shortly after a measurement.

Confidence: high for reading the 6232T, 7150T, 7155T, 7322T, 7342T, 7361T, 7530T, 7600T, each read by owners with omblepy.
Medium for the others: a catalogue that was checked against the maker's app puts their memory where that of a known model is;
owners have read a 6161T, 7151T, 7280T, 7343T. That the counter tells the next slot is from omblepy too, and is checked against
the times of the records when the whole ring is read; 6161T, 7136T and 7530T are read whole. Bonding on BlueZ is fragile: one
adapter, and an agent that confirms. omblepy names characteristics by handles, here they are named by UUID.
Not built: the newer kind with service FE4A, without this lock's key (7142T1, 7142T2, 7143T, 7144T, 7146T, 7149T, 716BT2, 7188T,
7196T, 7376T, 7380T, the variants MW and K of a 7155T): other frames, and a token for each session. Contradictory: the 7320T.
Sources: userx14/omblepy `omblepy.py`, `sharedDriver.py`, `deviceSpecific/*`, README (2026-02), issue 57 (7280T);
eigger/hass-omron `device_catalog.py`, README (2026), pull request 76 (a captured record).

Sensor: cuff, arm, not worn. The HEM-6232T and the HEM-6161T are for the wrist.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial

from drivers.bands import omron_bp_packets as packets
from drivers.bands import omron_bp_records as records
from drivers.bands.omron_bp_packets import ANSWER, END, READ, START, ChannelJoiner, Packet
from drivers.bands.omron_bp_records import Model
from drivers.bands.talk import BandTalk
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Fetch,
    Learnt,
    Notified,
    Order,
    Pair,
    PairAgain,
    Refused,
    Report,
    SensorTraits,
    Services,
    Subscribe,
)
from drivers.steps import Step, report
from drivers.talk import Acts, Doing, NoAnswer, NotDone, NothingCame

SERVICE = "ecbe3980-c9a2-11e1-b1bd-0002a5d5c51b"
UNLOCK = "b305b680-aee7-11e1-a730-0002a5d5c51b"
QUESTIONS = "db5b55e0-aee7-11e1-965e-0002a5d5c51b"
ANSWERS = (
    "49123040-aee8-11e1-a74d-0002a5d5c51b",
    "4d0bf320-aee8-11e1-a0d9-0002a5d5c51b",
    "5128ce60-aee8-11e1-b84b-0002a5d5c51b",
    "560f1420-aee8-11e1-8184-0002a5d5c51b",
)

KEY_BYTES = 16
WITHIN_S, TRIES = 1, 6
LOCK_S = 5
PAIRING_TRIES, PAIRING_PAUSE_S = 11, 1
NEXT_SLOT = "next_slot_{}"  # learnt: where the last visit came to in the ring of this user

_PROGRAMME, _STORE, _OPEN = b"\x02", b"\x00", b"\x01"
_PROGRAMMED, _STORED, _OPENED = b"\x82\x00", b"\x80\x00", b"\x81\x00"
_STATES = {_PROGRAMMED: "ready for a key", _STORED: "key stored", _OPENED: "open"}


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One whole packet, or an answer of the lock: there is no measurement in it. Raises Refused."""
    if characteristic not in (UNLOCK, *ANSWERS):
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    if characteristic != UNLOCK:
        packets.decode(data)
        return Decoded()
    if len(data) != 2:
        raise Refused("length", f"answer of the lock: {len(data)} bytes, has 2")
    return Decoded(status={"lock": _STATES.get(data, "closed")})


Frame = Packet | bytes  # bytes: an answer of the lock


class _Omron:
    """One connection: the packet whose pieces are coming."""

    def __init__(self, connection: BandTalk[Frame], order: Order) -> None:
        self._talk = connection
        self._joiner = ChannelJoiner()
        self.subscriptions = [Subscribe(UNLOCK)]
        if isinstance(order, Pair):
            self.subscriptions.insert(0, Subscribe(ANSWERS[0], SERVICE))  # makes it ask for a bond
        self.acts: Acts = {Pair: self._pair, Fetch: self._fetch}

    def open(self) -> Conversation:
        """The lock is opened when there is something to fetch."""
        yield from ()

    def hear(self, told: Notified, now_s: float) -> Step[list[Frame]]:
        """What is not sound is asked for again."""
        if told.characteristic == UNLOCK:
            yield from report(partial(decode, UNLOCK, told.data))
            return [told.data]
        if told.characteristic not in ANSWERS:
            return []
        frames: list[Frame] = []
        for one in self._joiner.take(ANSWERS.index(told.characteristic), told.data, now_s):
            if isinstance(one, Packet):
                frames.append(one)
            else:
                yield Report(Decoded(refusals=[one]))
        return frames

    # --- what may be ordered ---

    def _pair(self, _order: Pair) -> Doing:
        key = _key(self._talk.context)
        for _ in range(PAIRING_TRIES):
            if (yield from self._unlock(_PROGRAMME + bytes(KEY_BYTES))) == _PROGRAMMED:
                break
            yield from self._talk.pause(PAIRING_PAUSE_S)
        else:
            raise NotDone("it takes no key: is it in pairing mode (-P-), and bonded?")
        if (yield from self._unlock(_STORE + key)) != _STORED:
            raise NotDone("it has not stored the key")
        return "done"

    def _fetch(self, order: Fetch) -> Doing:
        opened = yield from self._unlock(_OPEN + _key(self._talk.context))
        if not opened:
            raise NoAnswer("the lock says nothing")
        if opened != _OPENED:
            yield PairAgain("it refuses the key")
            raise NotDone("it is not paired with this gateway")
        model, user = _model_and_user(self._talk.context, order)
        yield from self._talk.subscribe(*(Subscribe(channel, SERVICE) for channel in ANSWERS))
        yield from self._question(START, size=0x10)
        try:
            yield from self._fetch_slots(order, model, user)
        except NotDone:
            with suppress(NotDone):
                yield from self._talk.write(packets.encoded(END))
            raise
        ended = yield from self._question(END)
        if any(ended.data):
            raise NotDone(f"it ends the transmission with {ended.data.hex()}")
        return "done"

    def _fetch_slots(self, order: Fetch, model: Model, user: int) -> Conversation:
        if order.from_slot is not None:
            first = min(order.from_slot, model.slots)
            yield from self._read_slots(model, user, first, min(order.slots or model.slots, model.slots - first))
            return
        next_slot = yield from self._next_slot(model, user)
        came_to = _came_to(self._talk.context, user, model)
        if next_slot is None or came_to is None:
            ring = yield from self._read_slots(model, user, next_slot or 0, model.slots)
            in_order = next_slot is not None and records.newest(model.layout, ring) == model.slots - 1
        else:
            yield from self._read_slots(model, user, came_to, (next_slot - came_to) % model.slots)
            in_order = True
        if in_order:
            yield from self._talk.store()
            yield Learnt({NEXT_SLOT.format(user): next_slot})

    # --- its steps ---

    def _unlock(self, question: bytes) -> Step[bytes]:
        """What the lock answers; nothing where it does not."""
        with self._talk.expecting(lambda frame: isinstance(frame, bytes)) as answers:
            try:
                yield from self._talk.write(question, UNLOCK)
            except NothingCame:  # it says what was written: the key
                raise NothingCame("the lock takes no question") from None
            answer = yield from answers.next(LOCK_S)
        return answer if isinstance(answer, bytes) else b""

    def _question(self, kind: int, address: int = 0, size: int = 0) -> Step[Packet]:
        """Asks until it answers this question. Raises NotDone."""

        def fits(frame: Frame) -> bool:
            if not isinstance(frame, Packet) or frame.type != ANSWER | kind:
                return False
            return kind != READ or (frame.address == address and len(frame.data) == size)

        answer = yield from self._talk.command(packets.encoded(kind, address, size), fits, within_s=WITHIN_S, tries=TRIES)
        assert isinstance(answer, Packet)
        return answer

    def _next_slot(self, model: Model, user: int) -> Step[int | None]:
        """The slot that the monitor writes next; None where it does not say so, or says what cannot be."""
        if model.counters is None:
            return None
        told = yield from self._question(READ, model.counters.address, model.counters.size)
        slot = int.from_bytes(told.data[2 * user - 2 : 2 * user], model.layout.order) & 0xFF
        return slot % model.slots if slot <= model.slots else None

    def _read_slots(self, model: Model, user: int, first: int, count: int) -> Step[bytes]:
        """Reports so many slots of the ring from this one on, and gives what they hold."""
        before_the_wrap = min(count, model.slots - first)
        ring = yield from self._read_run(model, user, first, before_the_wrap)
        return ring + (yield from self._read_run(model, user, 0, count - before_the_wrap))

    def _read_run(self, model: Model, user: int, first: int, count: int) -> Step[bytes]:
        size = model.layout.size
        address = model.starts[user - 1] + first * size
        run, told = b"", 0
        while (left := count * size - len(run)) > 0:
            answer = yield from self._question(READ, address + len(run), min(model.block, left))
            run += answer.data
            whole = len(run) // size * size
            decoded = records.read_all(model.layout, run[told:whole])
            told = whole
            if decoded.measurements or decoded.refusals:
                yield Report(decoded)
        return run


def _key(context: Context) -> bytes:
    """The key of the roster. Raises NotDone."""
    if context.key is None or len(context.key) != KEY_BYTES:
        raise NotDone(f"it wants a key of {KEY_BYTES} bytes; enrol one (32 digits), and pair it", "unsupported")
    return context.key


def _model_and_user(context: Context, order: Fetch) -> tuple[Model, int]:
    """Raises NotDone."""
    model = records.model(context.model)
    if model is None:
        raise NotDone(f"model {context.model} is not known; there are {', '.join(records.MODELS)}", "unsupported")
    user = order.user or 1
    if user not in range(1, len(model.starts) + 1):
        raise NotDone(f"this model has no user {user}", "unsupported")
    return model, user


def _came_to(context: Context, user: int, model: Model) -> int | None:
    """The slot that the last visit came to."""
    slot = context.learnt.get(NEXT_SLOT.format(user))
    return slot if isinstance(slot, int) and slot in range(model.slots) else None


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection: BandTalk[Frame] = BandTalk(services, context, QUESTIONS)
    return connection.converse(_Omron(connection, order), order)


DRIVER = ConnectionDriver(
    name="omron-bp",
    title="Omron blood pressure monitors (HEM-6161T, 6232T, 7136T, 715xT, 728xT, 7321T, 7322T, 734xT, 7361T, 7530T, 7600T)",
    title_zh="欧姆龙电子血压计（HEM-6161T、6232T、7136T、715xT、728xT、7321T、7322T、734xT、7361T、7530T、7600T）",
    measures=("blood_pressure",),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    visit=(Fetch(),),
    on_sight=True,
    sensor=SensorTraits(cuff=True, site="arm"),
)

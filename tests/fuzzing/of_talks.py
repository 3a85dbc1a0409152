"""Targets: conversations with connected bands and with devices at serial lines, in which anything may be said at any time.

An input says which dialogue of the vectors it is, what is ordered first, which want is refused, and then what happens at each
want: the device says something, nothing happens, or the gateway orders something more. When it is over, the device is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct, field

import drivers
from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import (
    Answer,
    Answered,
    BytesReceived,
    ConnectionDriver,
    Context,
    Conversation,
    Driver,
    Event,
    Listen,
    LocalTime,
    Notified,
    Now,
    Order,
    Read,
    Report,
    ReportItems,
    ReportWant,
    SerialDriver,
    Services,
    Silence,
    Wait,
    Want,
)
from drivers.measurement import Measurement
from drivers.soundness import is_sound_item, is_sound_want
from tests.drivers import vectors
from tests.drivers.band import ORDERS, context, ordered, services
from tests.drivers.vectors import Dialogue, LineDialogue
from tests.fuzzing.of_drivers import check
from tests.fuzzing.target import Script, Target, piece

CLOCK = datetime.fromisoformat("2026-11-23T09:00:05+08:00")
SAYS, ORDERS_MORE, SILENT = range(3)  # what happens at a want; three times as many octets say something as nothing
LONGEST_ORDER_S = 300  # what the gateway gives a visit, and each further order
LONGEST_TALK_S = 300  # that are looked at of a device at a line, which is never left
MOST_WANTS = 20_000
NEVER = 0


def targets() -> list[Target]:
    """One for each driver that converses."""
    return [
        Target(
            name=f"{driver.name}-talk",
            take=partial(_talk, driver),
            seeds=partial(_dialogues, driver),
            longest=2_048,
            may_take=(3_000_000, 10_000),
        )
        for driver in drivers.DRIVERS
        if isinstance(driver, ConnectionDriver) or (isinstance(driver, SerialDriver) and driver.converse)
    ]


class _Stage(Struct):
    """What a script plays on."""

    conversation: Conversation
    speaking: Sequence[str]  # the characteristics that may say something; none of a serial line
    order: Order | None


def _stages(driver: Driver) -> list[Callable[[Order | None], _Stage]]:
    """How a conversation may begin, as the vectors tell; None: with the order of the dialogue."""
    if isinstance(driver, SerialDriver):
        assert driver.converse
        return [lambda _order, begin=driver.converse: _Stage(begin(Context()), (), None)]  # type: ignore[misc]
    assert isinstance(driver, ConnectionDriver)
    known = vectors.BY_DRIVER[driver.name]
    return [partial(_of_dialogue, driver, dialogue) for dialogue in known.dialogue]


def _of_dialogue(driver: ConnectionDriver, dialogue: Dialogue, order: Order | None) -> _Stage:
    band, order = services(dialogue.band), order or ordered(dialogue.order)
    return _Stage(driver.converse(band, context(dialogue.context), order), _speaking(band), order)


def _speaking(band: Services) -> list[str]:
    return [one for service in band.offered.values() for one, how in service.items() if how & {"notify", "indicate"}]


# --- a conversation, played -------------------------------------------------------------------------------------------------


class _Played(Struct):
    """A conversation under way."""

    driver: Driver
    stage: _Stage
    device: Callable[[Want], Answer]
    now_s: float = 0.0
    given: list[Order] = field(default_factory=list)
    answered: list[Order] = field(default_factory=list)
    over: bool = False

    def play(self, *, endless: bool) -> None:
        """To its end, or as long as the gateway lets it go on; for some minutes where it has no end."""
        answer: Answer = None
        for _ in range(MOST_WANTS):
            try:
                want = self.stage.conversation.send(answer)
            except StopIteration:
                self.over = True
                return
            assert is_sound_want(want), want
            answer = self._answer(want)
            if self.now_s > (LONGEST_TALK_S if endless else LONGEST_ORDER_S * len(self.given)):
                return
        raise AssertionError(f"{MOST_WANTS} wants in {self.now_s} s")

    def _answer(self, want: Want) -> Answer:
        match want:
            case Now():
                return self.now_s
            case LocalTime():
                return CLOCK + timedelta(seconds=self.now_s)
            case Wait(seconds):
                event = self.device(want)
                if isinstance(event, Silence):
                    self.now_s += max(seconds, 0.001)
                else:
                    self.now_s += 0.05
                return event
            case Answered(order, _):
                self.answered.append(order)
            case _ if isinstance(want, ReportWant):
                self._check(want)
            case _:
                return self.device(want)
        return None

    def _check(self, report: ReportWant) -> None:
        measurements: list[Measurement] = []
        match report:
            case Report(decoded):
                measurements = decoded.measurements
            case ReportItems(items):
                assert all(map(is_sound_item, items)), items
                measurements = [item for item in items if isinstance(item, Measurement)]
        for measurement in measurements:
            check(self.driver, measurement)


def _talk(driver: Driver, data: bytes) -> None:
    script, stages = Script(data), _stages(driver)
    if not stages:
        return
    begin, first, refused = stages[script.octet() % len(stages)], script.octet(), script.octet()
    stage = begin(None if first == NEVER else ORDERS[first % len(ORDERS)])
    played = _Played(driver, stage, lambda want: device.meets(want))
    device = _Device(script, played, refused)
    if stage.order is not None:
        played.given.append(stage.order)
    endless = not isinstance(driver, ConnectionDriver) or driver.streams or isinstance(stage.order, Listen)
    played.play(endless=endless)
    assert endless or played.over, f"still talking after {played.now_s} s"
    if played.over:
        _check_answers(played)
    stage.conversation.close()


def _check_answers(played: _Played) -> None:
    """Each order was answered once, with the very order; to listen needs no answer, but may be refused."""
    for order in played.given:
        times = sum(answered is order for answered in played.answered)
        assert times == 1 or (times == 0 and isinstance(order, Listen)), f"{order} answered {times} times"


class _Device:
    """Does what the script says."""

    def __init__(self, script: Script, played: _Played, refused: int) -> None:
        self._script, self._played, self._refused = script, played, refused
        self._wants = 0

    def meets(self, want: Want) -> Answer:
        """What happens at this want."""
        if isinstance(want, Wait):
            return self._happens()
        self._wants += 1
        if self._wants == self._refused:
            return None if isinstance(want, Read) else False
        return self._script.piece() if isinstance(want, Read) else True

    def _happens(self) -> Event:
        if self._script.over:
            return Silence()
        what, which = self._script.octet() % 3, self._script.octet()
        if what == SAYS:
            speaking, said = self._played.stage.speaking, self._script.piece()
            if speaking:
                return Notified(speaking[which % len(speaking)], said)
            return BytesReceived(said) if said else Silence()
        if what == ORDERS_MORE and all(any(given is one for one in self._played.answered) for given in self._played.given[1:]):
            order = _again(ORDERS[which % len(ORDERS)])
            self._played.given.append(order)
            return order
        return Silence()


def _again(order: Order) -> Order:
    """An order of its own: answers are told apart by which it is."""
    return type(order)(**{name: getattr(order, name) for name in order.__struct_fields__})


# --- seeds: the dialogues of the vectors, written as scripts ------------------------------------------------------------------


def _dialogues(driver: Driver) -> Sequence[bytes]:
    known = vectors.BY_DRIVER[driver.name]
    if isinstance(driver, SerialDriver):
        return [bytes((0, NEVER, 0)) + _line_script(talk) for talk in known.talk]
    return [bytes((number, NEVER, 0)) + _script(driver, dialogue) for number, dialogue in enumerate(known.dialogue)]


def _line_script(talk: LineDialogue) -> bytes:
    said = (bytes.fromhex(step.comes) for step in talk.step if step.comes)
    return b"".join(bytes((SAYS, 0)) + piece(one) for one in said)


def _script(driver: Driver, dialogue: Dialogue) -> bytes:
    """Plays the band's part at the first occasion, and writes down what it was."""
    assert isinstance(driver, ConnectionDriver)
    stage, written = _of_dialogue(driver, dialogue, None), bytearray()
    values = {parse_uuid(step.reads): bytes.fromhex(step.answer) for step in dialogue.step if step.reads}
    says: Iterator[tuple[str, bytes]] = iter(
        [(parse_uuid(step.sends), bytes.fromhex(step.data)) for step in dialogue.step if step.sends]
    )

    def device(want: Want) -> Answer:
        if isinstance(want, Read):
            written.extend(piece(value := values.get(want.characteristic, b"")))
            return value
        if not isinstance(want, Wait):
            return True
        where, said = next(says, ("", b""))
        if where not in stage.speaking:
            return Silence()
        written.extend(bytes((SAYS, stage.speaking.index(where))) + piece(said))
        return Notified(where, said)

    _Played(driver, stage, device).play(endless=True)
    return bytes(written)

"""One serial port, kept open for ever: hands over what its driver finds in the stream, and signals to the bands behind it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import secrets
import termios
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from math import inf
from typing import ClassVar, Literal, TypeVar

import serial
import structlog
from serial.tools import list_ports

from drivers.driver import (
    BytesReceived,
    CommandResult,
    Context,
    Item,
    Learnt,
    Order,
    Outcome,
    Refusal,
    ReportItems,
    ReportWant,
    Send,
    SerialDriver,
    Signal,
    StreamDecoder,
)
from gateway.awake import awake_timeout
from gateway.backoff import pause_s
from gateway.driver_bugs import DriverFailed, DriverFaults, validate_items
from gateway.errors import SourceLost
from gateway.sources.byte_line import ByteLine, lost
from gateway.sources.conversation import ConversationRunner, LinkWant
from gateway.sources.line_noise import LineNoise
from gateway.sources.port_names import UsbPort, find_port, names_usb
from gateway.sources.receiver import Receiver
from gateway.sources.recording import Recording
from gateway.sources.unfinished import PortAndDriver, UnfinishedFrames

log = structlog.get_logger()
chance = random.SystemRandom().random
T = TypeVar("T")

LONGEST_PAUSE_S = 30
ANSWER_S = 5  # a hub that has not answered a command by then will not
QUIET_S = 0.05  # when nothing comes for so long, nothing is under way: a line rests 0.04 s at most
LAST_WORDS_S = 1.0  # of a line that never falls silent
PAUSE_S = 1.0  # when nothing comes for so long, what is begun is not finished

Parity = Literal["none", "even", "odd"]
PARITIES: dict[Parity, str] = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}


class Unflushed(serial.Serial):
    """A port that keeps what came before it was opened: a press may be in it."""

    def _reset_input_buffer(self) -> None:
        """pyserial throws the input away when it opens a port; the frames after noise are found anyway."""


@contextlib.contextmanager
def opened(path: str, baud: int, parity: Parity = "none") -> Iterator[int]:
    """The descriptor of the port: raw, non-blocking, and ours alone. Raises SourceLost."""
    try:
        port = Unflushed(path, baud, parity=PARITIES[parity], timeout=0, exclusive=True)
    except (OSError, ValueError, termios.error) as error:
        raise lost(error) from error
    try:
        yield port.fileno()
    finally:
        with contextlib.suppress(OSError, termios.error):  # a dead port has nothing to drop
            port.reset_output_buffer()  # else close would wait up to 30 s for a device that takes nothing
        port.close()


OpenPort = Callable[[str, int, Parity], AbstractContextManager[int]]


class SerialPort:
    """`run()` it in a task of its own.

    `port` is a path, or `vid:pid` or `vid:pid:serial` of a USB device, looked for anew at each try.
    `tried` is set once the port was tried. `state`: "starting", "open", or why it is not: "absent", "no permission",
    "in use", "ambiguous", "failed".
    `faults` counts bugs of the driver that were survived, under the name of the port. `local_time()` is the local wall clock
    in ISO 8601, for devices that want to be set. `open_port(path, baud, parity)` gives the descriptor, and closes it.
    `unfinished`: shared with the port that is opened there next.
    """

    def __init__(
        self,
        name: str,
        port: str,
        driver: SerialDriver,
        baud: int,
        receiver: Receiver,
        faults: DriverFaults,
        *,
        parity: Parity = "none",
        local_time: Callable[[], str | None] = lambda: None,
        longest_pause_s: float = LONGEST_PAUSE_S,
        answer_s: float = ANSWER_S,
        open_port: OpenPort = opened,
        recording: Recording | None = None,
        unfinished: UnfinishedFrames | None = None,
    ) -> None:
        self.name = name
        self.state = "starting"
        self.tried = asyncio.Event()
        self._port = port
        self._driver = driver
        self._baud = baud
        self._parity: Parity = parity
        self._receiver = receiver
        self._faults = faults
        self._open_port = open_port
        self._local_time = local_time
        self._longest_pause_s = longest_pause_s
        self._answer_s = answer_s
        self._unfinished = unfinished or UnfinishedFrames()
        self._heard = partial(recording.line, name, driver.name) if recording else None
        self._failures = 0
        self._noise = LineNoise()
        self._line: ByteLine | None = None
        self._conversation: ConversationRunner | None = None
        self._learnt: dict[str, object] = {}
        self._commands = itertools.count(secrets.randbits(16))  # so that no answer to another run's command is taken for one
        self._asked: dict[int, asyncio.Future[Outcome]] = {}

    @property
    def garbled(self) -> bool:
        """Whether for a minute nothing but what is refused has come."""
        return self._noise.garbled

    async def run(self) -> None:
        """Reads the port until it is cancelled."""
        while True:
            try:
                with self._open_port(find(self._port), self._baud, self._parity) as descriptor:
                    await self._read(descriptor)
            except SourceLost as why:
                self._now_lost(why)
            self._failures += 1
            await asyncio.sleep(pause_s(self._failures, self._longest_pause_s, chance()))

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Asks the hub to make a band show this signal; what came of it, after `answer_s` at the latest."""
        command = next(self._commands) & 0xFFFF
        frame = self._signal_frame(command, address, signal)
        if not frame:
            return Outcome("unsupported", "this hub has no way to say it")
        return await self._ask(command, frame)

    async def do(self, address: str, order: Order) -> Outcome:
        """Has a band behind this hub, or the device that is docked here, do something; what came of it."""
        if self._driver.order is None:
            return await self.order(order)
        command = next(self._commands) & 0xFFFF
        frame = self._frame(partial(self._driver.order, command, address, order))
        if not frame:
            return Outcome("unsupported", "this hub has no way to say it")
        return await self._ask(command, frame)

    async def order(self, order: Order) -> Outcome:
        """Has the device do something: measure, hand over what it has stored. What came of it, when its driver says so."""
        if self._driver.converse is None:
            return Outcome("unsupported", "it speaks by itself only")
        if self._conversation is None:
            return Outcome("unreachable", f"the port is {self.state}")
        return await self._conversation.order(order)

    async def _ask(self, command: int, frame: bytes) -> Outcome:
        if self._line is None:
            return Outcome("unreachable", f"the port is {self.state}")
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._asked[command] = answer
        try:
            if not self._line.write(frame):
                return Outcome("busy", "the line is full")
            async with awake_timeout(self._answer_s):
                return await answer
        except TimeoutError:
            return Outcome("unreachable", "the hub does not answer")
        finally:
            del self._asked[command]

    def _signal_frame(self, command: int, address: str, signal: Signal) -> bytes:
        return self._frame(partial(self._driver.signal, command, address, signal)) if self._driver.signal else b""

    def _frame(self, made: Callable[[], bytes]) -> bytes:
        try:
            frame = self._ask_driver(made)
        except DriverFailed:
            return b""
        return frame if type(frame) is bytes else b""

    async def _read(self, descriptor: int) -> None:
        """Hands over what comes, until the port is gone."""
        async with ByteLine(descriptor, self._heard) as line:
            self._now_open(line)
            try:
                await (self._listen(line) if self._driver.converse is None else self._converse(line))
            finally:
                self._line = self._conversation = None

    async def _listen(self, line: ByteLine) -> None:
        """To a device that speaks by itself."""
        place, loop = PortAndDriver(self._port, self._driver.name), asyncio.get_running_loop()
        left = self._unfinished.take(place, loop.time())
        self._decoder = left or self._new_decoder()
        paused = left is None
        try:
            while True:
                data = await line.read(inf if paused else PAUSE_S)
                paused, self._failures = not data, 0
                await self._hand_over(self._decode(data) if data else self._close_decoder())
        except SourceLost:
            await self._hand_over(self._close_decoder())
            raise
        except asyncio.CancelledError:
            await self._last_words(line)
            self._unfinished.leave(place, self._decoder, loop.time())
            raise

    async def _last_words(self, line: ByteLine) -> None:
        """What the kernel has already: it drops that when a real port is closed, and a press may be in it."""
        with contextlib.suppress(TimeoutError, SourceLost):
            async with asyncio.timeout(LAST_WORDS_S):
                while data := await line.read(QUIET_S):
                    await self._hand_over(self._decode(data))

    async def _converse(self, line: ByteLine) -> None:
        """With a device that must be asked."""
        assert self._driver.converse is not None
        self._conversation = ConversationRunner(
            self.name,
            LineLink(line),
            take=self._take,
            stored=self._receiver.stored,
            local_time=self._local_time,
            ask=self._ask_driver,
            failed=self._driver_failed,
        )
        await self._conversation.run(partial(self._driver.converse, Context(learnt=dict(self._learnt))))
        raise SourceLost("failed")  # it should have gone on for ever

    async def _take(self, report: ReportWant) -> None:
        match report:
            case ReportItems(items):
                self._failures = 0
                await self._hand_over(validate_items(self._driver.name, items, self._faults, self.name))
            case Learnt(facts):
                self._learnt.update(facts)

    async def _hand_over(self, items: list[Item]) -> None:
        if not items:
            return
        self._noise.took(asyncio.get_running_loop().time(), good=not all(isinstance(item, Refusal) for item in items))
        if self._asked:
            self._answer(items)
        await self._receiver.on_serial_items(self.name, self._driver, items)

    def _answer(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, CommandResult) and (answer := self._asked.get(item.command)) and not answer.done():
                answer.set_result(item.outcome)

    # --- a bug in a driver is its own affair ---

    def _decode(self, data: bytes) -> list[Item]:
        """What became whole. A decoder that fails is renewed and gets them one by one: a bad frame costs no other."""
        try:
            return self._fed(data)
        except DriverFailed:
            self._decoder = self._new_decoder()
        items: list[Item] = []
        for at in range(len(data)):
            try:
                items += self._fed(data[at : at + 1])
            except DriverFailed:
                self._decoder = self._new_decoder()
        return items

    def _fed(self, data: bytes) -> list[Item]:
        items = self._ask_driver(partial(self._decoder.feed, data))
        return validate_items(self._driver.name, items, self._faults, self.name)

    def _close_decoder(self) -> list[Item]:
        try:
            items = self._ask_driver(self._decoder.close)
        except DriverFailed:
            return []
        return validate_items(self._driver.name, items, self._faults, self.name)

    def _new_decoder(self) -> StreamDecoder:
        """Raises SourceLost where the driver has none, or is switched off: nobody can read this line."""
        try:
            return self._ask_driver(self._driver.decoder)
        except DriverFailed as why:
            raise SourceLost("failed") from why

    def _ask_driver(self, call: Callable[[], T]) -> T:
        return self._faults.ask(self._driver.name, call, name=self.name, port=self.name)

    def _driver_failed(self, why: str) -> None:
        self._faults.found(self.name, self._driver.name, why, port=self.name)

    # --- what is told of it ---

    def _now_open(self, line: ByteLine) -> None:
        self._line, self._noise = line, LineNoise()
        self.state = "open"
        self.tried.set()
        log.info("port open", port=self.name)

    def _now_lost(self, why: SourceLost) -> None:
        if str(why) != self.state:
            log.warning("port lost", port=self.name, why=str(why), detail=str(why.__cause__ or ""))
        self.state = str(why)
        self.tried.set()


class LineLink:
    """An open line as a conversation needs it."""

    understands: ClassVar[tuple[type, ...]] = (Send, ReportItems)
    pending = False  # what was not read yet is the kernel's

    def __init__(self, line: ByteLine) -> None:
        self._line = line
        self.wake = line.wake

    async def do(self, want: LinkWant) -> bool:
        """Writes."""
        assert isinstance(want, Send)  # it understands no other
        return self._line.write(want.data)

    async def next(self) -> BytesReceived | None:
        """The next bytes; None: it was woken. Raises SourceLost."""
        data = await self._line.read()
        return BytesReceived(data) if data else None


def find(wanted: str) -> str:
    """The path of the port that is meant, as things are plugged in now. Raises SourceLost."""
    return find_port(wanted, usb_ports() if names_usb(wanted) else ())


def usb_ports() -> list[UsbPort]:
    """The serial ports at USB that the system has."""
    return [
        UsbPort(port.device, port.vid, port.pid, port.serial_number)
        for port in list_ports.comports()
        if port.vid is not None and port.pid is not None
    ]

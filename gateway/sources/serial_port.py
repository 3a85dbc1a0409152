"""One serial port, kept open for ever: hands over what its driver finds in the stream, and signals to the bands behind it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from functools import partial
from math import inf
from typing import TypeVar

import structlog

from drivers.driver import Context, Item, Learnt, Order, Outcome, Refusal, ReportItems, ReportWant, SerialDriver, Signal
from gateway.backoff import pause_s
from gateway.driver_bugs import DriverFailed, DriverFaults, validate_items
from gateway.errors import SourceLost
from gateway.sources.byte_line import ByteLine
from gateway.sources.conversation import LAST_WORDS_S, ConversationRunner
from gateway.sources.guarded_decoder import GuardedDecoder
from gateway.sources.hub_commands import HubCommands
from gateway.sources.line_link import LineLink
from gateway.sources.line_noise import LineNoise
from gateway.sources.ports import OpenPort, Parity, find, opened
from gateway.sources.receiver import Receiver
from gateway.sources.recording import Recording
from gateway.sources.unfinished import PortAndDriver, UnfinishedFrames

log = structlog.get_logger()
chance = random.SystemRandom().random
T = TypeVar("T")

LONGEST_PAUSE_S = 30
ANSWER_S = 5  # a hub that has not answered a command by then will not
PAUSE_S = 1.0  # when nothing comes for so long, what is begun is not finished


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
        self._unfinished = unfinished or UnfinishedFrames()
        self._heard = partial(recording.line, name, driver.name) if recording else None
        self._failures = 0
        self._noise = LineNoise()
        self._line: ByteLine | None = None
        self._conversation: ConversationRunner | None = None
        self._learnt: dict[str, object] = {}
        self._commands = HubCommands(answer_s)

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
        frame = self._driver.signal
        return await self._command(lambda number: frame(number, address, signal) if frame else b"")

    async def do(self, address: str, order: Order) -> Outcome:
        """Has a band behind this hub, or the device that is docked here, do something; what came of it."""
        frame = self._driver.order
        if frame is None:
            return await self.order(order)
        return await self._command(lambda number: frame(number, address, order))

    async def order(self, order: Order) -> Outcome:
        """Has the device do something: measure, hand over what it has stored. What came of it, when its driver says so."""
        if self._driver.converse is None:
            return Outcome("unsupported", "it speaks by itself only")
        if self._conversation is None:
            return Outcome("unreachable", f"the port is {self.state}")
        return await self._conversation.order(order)

    async def _command(self, frame_of: Callable[[int], bytes]) -> Outcome:
        number = self._commands.next_number()
        try:
            frame = self._ask_driver(partial(frame_of, number))
        except DriverFailed:
            frame = b""
        if type(frame) is not bytes or not frame:
            return Outcome("unsupported", "this hub has no way to say it")
        if self._line is None:
            return Outcome("unreachable", f"the port is {self.state}")
        return await self._commands.ask(self._line, number, frame)

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
        decoder = GuardedDecoder(self._driver, self._faults, self.name, left)
        paused = left is None
        try:
            while True:
                data = await line.read(inf if paused else PAUSE_S)
                paused, self._failures = not data, 0
                self._hand_over(decoder.feed(data) if data else decoder.close())
                await self._receiver.room()
        except SourceLost:
            self._hand_over(decoder.close())
            raise
        except asyncio.CancelledError:
            await self._last_words(line, decoder)
            self._unfinished.leave(place, decoder.decoder, loop.time())
            raise

    async def _last_words(self, line: ByteLine, decoder: GuardedDecoder) -> None:
        """What the kernel has already: a press may be in it."""
        with contextlib.suppress(TimeoutError, SourceLost):
            async with asyncio.timeout(LAST_WORDS_S):
                while data := await line.rest():
                    self._hand_over(decoder.feed(data))

    async def _converse(self, line: ByteLine) -> None:
        """With a device that must be asked."""
        assert self._driver.converse is not None
        self._conversation = ConversationRunner(
            self.name,
            LineLink(line),
            take=self._take,
            room=self._receiver.room,
            stored=self._receiver.stored,
            local_time=self._local_time,
            ask=self._ask_driver,
            failed=self._driver_failed,
        )
        await self._conversation.run(partial(self._driver.converse, Context(learnt=dict(self._learnt))))
        raise SourceLost("failed")  # it should have gone on for ever

    def _take(self, report: ReportWant) -> None:
        match report:
            case ReportItems(items):
                self._failures = 0
                self._hand_over(validate_items(self._driver.name, items, self._faults, self.name))
            case Learnt(facts):
                self._learnt.update(facts)

    def _hand_over(self, items: list[Item]) -> None:
        if not items:
            return
        self._noise.took(asyncio.get_running_loop().time(), good=not all(isinstance(item, Refusal) for item in items))
        self._commands.answered(items)
        self._receiver.on_serial_items(self.name, self._driver, items)

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

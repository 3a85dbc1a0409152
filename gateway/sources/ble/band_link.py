"""The link to one band as a conversation needs it: what it notifies waits in a queue, and a link that is dead ends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from math import inf
from typing import ClassVar

from drivers.driver import ClockAhead, ConnectionDriver, Notified, PairAgain, Read, Report, Send, Subscribe, Write
from gateway.awake import awake_timeout
from gateway.changes import Changes
from gateway.errors import SourceLost
from gateway.sources.ble.relays.heard import LinkToBand
from gateway.sources.conversation import LinkWant

MOST_WAITING = 1_000  # values that came while the disk was slow; a band says a few a second
LOOKS_S = 1.0  # before a link counts as silent: a process that stood has not read what came
STALE_S = 10  # a link that gave no value for so long is over when its band advertises again


class HungUp(SourceLost):
    """The link is over: the band hung up, fell silent, or is not ours any more."""


class BandLink:
    """Made before the connection, since that may end before it has begun; `opened` once it stands.

    `unpaired` is called when the band refuses what only a bond opens. `subscribed`: it lets itself be heard.
    """

    understands: ClassVar[tuple[type, ...]] = (Subscribe, Read, Write, Report, ClockAhead, PairAgain)

    def __init__(self, driver: ConnectionDriver, unpaired: Callable[[], None]) -> None:
        self.subscribed = False
        self._unpaired = unpaired
        self._silence_s = driver.silence_s if driver.streams else inf  # it may be silent as long as it likes
        self._link: LinkToBand | None = None
        self._value_s = 0.0  # when it gave a value last, or was opened
        self._came: deque[Notified] = deque()
        self._woken = False
        self._over = False
        self._news = Changes()

    def opened(self, link: LinkToBand) -> None:
        """The connection stands."""
        self._link, self._value_s = link, _now_s()

    def hang_up(self) -> None:
        """The link is gone, or shall be: what came before is still handed over, what the driver wants of the band fails."""
        self._over = True
        self._news.happened()

    def advertises(self) -> None:
        """The band was heard advertising: a link that gives nothing any more has ended without a word."""
        if self._link and self._silence_s < inf and _now_s() - self._value_s > STALE_S:
            self.hang_up()

    # --- as a conversation needs it ---

    @property
    def pending(self) -> bool:
        """Whether the band notified something that was not taken yet."""
        return bool(self._came)

    async def do(self, want: LinkWant) -> bool | bytes | None:
        """Subscribes, reads, writes; in vain once the link is over."""
        assert self._link
        if self._over:
            return None if isinstance(want, Read) else False
        answer = await self._step(self._link, want)
        self.subscribed |= isinstance(want, Subscribe) and answer is True
        if self._link.wants_bond:
            self._unpaired()
        return answer

    async def _step(self, link: LinkToBand, want: LinkWant) -> bool | bytes | None:
        match want:
            case Subscribe(characteristic, service):
                return await link.subscribe(characteristic, service, self._notified)
            case Read(characteristic, service, limit_s):
                return await link.read(characteristic, service, limit_s)
            case Write(characteristic, data, service, response):
                return await link.write(characteristic, service, data, response)
            case Send():
                raise AssertionError("it does not understand this")

    async def next(self) -> Notified | None:
        """The next value; None: it was woken. Raises HungUp, also where a band that streams is silent for too long."""
        while not self._came:
            seen = self._news.number
            if self._woken:
                self._woken = False
                return None
            if self._over:
                raise HungUp("hung up")
            try:
                async with awake_timeout(max(LOOKS_S, self._value_s + self._silence_s - _now_s())):
                    await self._news.wait_beyond(seen)
            except TimeoutError:
                raise HungUp("silent") from None
        return self._came.popleft()

    async def rest(self) -> Notified | None:
        """The next that the band notified and nobody took; None: there is no more."""
        return self._came.popleft() if self._came else None

    def wake(self) -> None:
        """Lets `next` give None instead of waiting."""
        self._woken = True
        self._news.happened()

    def _notified(self, characteristic: str, value: bytes) -> None:
        self._value_s = _now_s()
        if len(self._came) < MOST_WAITING:
            self._came.append(Notified(characteristic, value))
            self._news.happened()
        else:  # the disk does not keep up: rather a link that ends than memory that grows
            self.hang_up()


def _now_s() -> float:
    return asyncio.get_running_loop().time()

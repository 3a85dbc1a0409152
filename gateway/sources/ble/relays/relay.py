"""One relay, kept connected for ever: hands over what it hears, as `scanning.py` does for an adapter.

A link that nobody answers on is noticed by the library's pings, one that stands and brings nothing by its silence: a proxy
serves one listener at a time, and another program may have become that.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog

from gateway.backoff import pause_s
from gateway.clock import Clock
from gateway.errors import SourceLost
from gateway.failures import told
from gateway.settings import named_files
from gateway.settings.configuration import RelaySettings
from gateway.sources.ble.advertisement_queue import AdvertisementQueue
from gateway.sources.ble.relays.heard import LinkToBand, RelayHeard
from gateway.sources.ble.relays.raw_advertisement import advertisement
from gateway.sources.receiver import Receiver
from gateway.sources.recording import Recording

if TYPE_CHECKING:
    from gateway.sources.ble.relays.esphome import RelaySession

log = structlog.get_logger()
chance = random.SystemRandom().random

SILENCE_S = 30.0
LONGEST_PAUSE_S = 30.0  # an ESP32 that is restarted is back in the network after some ten seconds
STEADY_S = 60.0  # a link that held so long was a good one
USUAL_SLOTS = 3  # of a proxy that does not say
MOST_SLOTS = 9  # that ESPHome can be set to


class Relay:
    """`run()` it in a task of its own. `enrolled`, `sighted`, and its own fields: as of a `BleScanner`.

    `slots` is told how many bands can be connected at once through a relay, by its name. `refused_frames`: advertisements
    that no radio can have heard. `state`: "starting", "scanning", "silent", or why nothing is heard: "no answer",
    "no such host", "no relay", "wrong key", "another name", "not encrypted", "no proxy", "old firmware", "flood", "no key",
    "not installed".
    """

    def __init__(
        self,
        settings: RelaySettings,
        receiver: Receiver,
        clock: Clock,
        *,
        enrolled: Callable[[str], bool],
        sighted: Callable[[RelayHeard], None],
        slots: Callable[[str, int], None],
        recording: Recording | None = None,
        silence_s: float = SILENCE_S,
        longest_pause_s: float = LONGEST_PAUSE_S,
    ) -> None:
        self.adapter = settings.name
        self.state = "starting"
        self.deaf_s = 0.0
        self.refused_frames = 0
        self.tried = asyncio.Event()
        self.queue = AdvertisementQueue()
        self.heard_s: dict[str, float] = {}  # each enrolled band, by the monotonic clock
        self._settings = settings
        self._receiver = receiver
        self._clock = clock
        self._enrolled = enrolled
        self._sighted = sighted
        self._slots = slots
        self._recording = recording
        self._silence_s = silence_s
        self._longest_pause_s = longest_pause_s
        self._session: RelaySession | None = None
        self._free = 0  # of its connections
        self._heard_s = 0.0
        self._deaf_since_s = clock.monotonic_s()

    @property
    def dropped_frames(self) -> int:
        """How many of enrolled bands there was no room for."""
        return self.queue.dropped

    async def run(self) -> None:
        """Listens until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(told(self._keep), name=f"relay {self.adapter}")
            tasks.create_task(told(partial(self.queue.hand_over, self._receiver)), name=f"hand over {self.adapter}")

    @asynccontextmanager
    async def connected(self, address: str, address_type: int, hung_up: Callable[[], None]) -> AsyncIterator[LinkToBand]:
        """A connection as long as one is inside. `hung_up` is called when it ends before. Raises SourceLost."""
        if self._session is None:
            raise SourceLost("no answer")
        async with self._session.connected(address, address_type, hung_up) as link:
            yield link

    # --- the session ---

    async def _keep(self) -> None:
        failures = 0
        while True:
            began_s = self._clock.monotonic_s()
            try:
                async with self._opened() as session:
                    session.listen(self._hear, self._has_slots)
                    await self._until_over(session)
            except SourceLost as why:
                self._become(str(why), repr(why.__cause__))
            failures = 1 if self._clock.monotonic_s() - began_s >= STEADY_S else failures + 1
            await asyncio.sleep(pause_s(failures, self._longest_pause_s, chance()))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[RelaySession]:
        try:
            from gateway.sources.ble.relays.esphome import RelayPlace, opened  # 20 MB: only who has a relay pays for them
        except ImportError as error:
            raise SourceLost("not installed") from error
        try:
            key = named_files.relay_key(self._settings.psk_file)
        except named_files.BadFile as error:
            raise SourceLost("no key") from error
        async with opened(RelayPlace(self._settings.host, self._settings.port, self.adapter, key)) as session:
            self._session = session
            self._has_slots(USUAL_SLOTS, USUAL_SLOTS)
            try:
                yield session
            finally:
                self._session = None

    async def _until_over(self, session: RelaySession) -> None:
        """Raises SourceLost when the session is over. Where nobody is heard it is asked anew, and stays: a band that is silent
        until it is pressed may be all there is."""
        if self.state != "silent":
            self._become("scanning", version=session.facts.version, connects=session.facts.connects)
        while True:
            began_s = self._heard_s = self._clock.monotonic_s()
            while (left_s := self._heard_s + self._silence_s - self._clock.monotonic_s()) > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(left_s):
                        await session.over.wait()
                        raise SourceLost(session.why)
            if self._heard_s == began_s:
                self._become("silent")
            session.listen_anew()

    def _has_slots(self, free: int, limit: int) -> None:
        if self._session and self._session.facts.connects:
            self._free = free
            self._slots(self.adapter, max(1, min(limit, MOST_SLOTS)))

    # --- what it hears ---

    def _hear(self, address: int, rssi: int, address_type: int, structures: bytes) -> None:
        """Called for every advertisement: a few microseconds, no more."""
        said = advertisement(address, rssi, address_type, structures, self.adapter)
        if said is None:
            self._refuse()
            return
        self._heard_s = self._clock.monotonic_s()
        if self.state == "silent":
            self._become("scanning")
        if self._recording:
            self._recording.advertisement(self.adapter, said)
        heard, enrolled = RelayHeard(self, said, address_type), self._enrolled(said.address)
        if enrolled:
            self.heard_s[said.address] = self._heard_s
            if self._free > 0:
                self._sighted(heard)
        self.queue.put(heard, enrolled=enrolled)

    def _refuse(self) -> None:
        self.refused_frames += 1
        if self.refused_frames & (self.refused_frames - 1) == 0:  # the first, and ever more seldom
            log.warning("relay tells what cannot be", adapter=self.adapter, refused=self.refused_frames)

    def _become(self, state: str, detail: str = "", **facts: object) -> None:
        if state == self.state:
            return
        now_s = self._clock.monotonic_s()
        if self.state == "scanning":
            self._deaf_since_s = now_s
        self.state = state
        self.tried.set()
        if state == "scanning":
            gap_s = now_s - self._deaf_since_s
            self.deaf_s += gap_s
            log.info("relay listens", adapter=self.adapter, deaf_s=round(gap_s, 1), **facts)
        else:
            log.warning("relay hears nothing", adapter=self.adapter, why=state, detail=detail)

"""Where watches on mobile data call: one connection a watch, strangers few, and no watch can harm another.

Whoever can reach the port can say any id: what is said is taken as that watch's word (docs/wristbands.md has the risk). So only
ids of the roster are taken, of one id the newest connection, and of strangers a call for help alone.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress

import structlog
from msgspec.structs import replace

from drivers.driver import Item, Order, Outcome, Refusal, ShowText, Signal, Status, Vibrate, WatchDriver, WriteBack
from drivers.measurement import Measurement
from gateway.driver_bugs import DriverFaults
from gateway.errors import SourceLost
from gateway.listening_socket import listening
from gateway.roster import Roster
from gateway.sources.hub_commands import HubCommands
from gateway.sources.receiver import Receiver
from gateway.sources.watch_connection import READ_BYTES, CallerPatience, WatchConnection

log = structlog.get_logger()

MOST_STRANGERS = 48  # connections that are with no watch of the roster (yet)
MOST_OF_ONE_HOST = 16  # of these
REST_S = 0.02  # after one too many: a flood waits in the kernel, which takes nothing of the processor
TRY_AGAIN_S = 15.0  # an address may come later than the gateway: DHCP
ANSWER_S = 15.0  # over a mobile network
IMEI_DIGITS, ID_IN_IMEI = 15, slice(4, 14)
SIGNALS: dict[int, Signal] = {1: "received", 2: "help_on_the_way"}
WHYS = {errno.EADDRINUSE: "in use", errno.EACCES: "no permission", errno.EADDRNOTAVAIL: "absent"}


class WatchListener:
    """`run()` it in a task of its own. `state`: as of a serial port. `says(signal)`: what a watch shows for it."""

    garbled = False  # a stranger's nonsense says nothing of the listener

    def __init__(
        self,
        name: str,
        place: tuple[str, int],
        driver: WatchDriver,
        roster: Roster,
        receiver: Receiver,
        faults: DriverFaults,
        says: Callable[[Signal], str],
        *,
        patience: CallerPatience = CallerPatience(),  # noqa: B008 (immutable)
        answer_s: float = ANSWER_S,
    ) -> None:
        self.name = name
        self.state = "starting"
        self.tried = asyncio.Event()
        self._place, self._driver, self._roster, self._receiver = place, driver, roster, receiver
        self._faults, self._says, self._patience = faults, says, patience
        self._commands = HubCommands(answer_s)
        self._strangers: dict[WatchConnection, None] = {}  # the oldest first
        self._watches: dict[str, WatchConnection] = {}  # by the enrolled address

    async def run(self) -> None:
        """Listens until it is cancelled."""
        while True:
            try:
                with closing(listening(self._place)) as listener:
                    self._now("open")
                    await self._listen(listener)
            except OSError as error:
                self._now(WHYS.get(error.errno or 0, "failed"))
            await asyncio.sleep(TRY_AGAIN_S)

    async def signal(self, address: str, signal: Signal) -> Outcome:
        """Has a watch show this signal, in words."""
        return await self.do(address, ShowText(self._says(signal)))

    async def do(self, address: str, order: Order) -> Outcome:
        """Has a watch do something; what came of it, after `answer_s` at the latest."""
        if isinstance(order, Vibrate) and order.level in SIGNALS:
            order = ShowText(self._says(SIGNALS[order.level]))
        watch = self._watches.get(address)
        if watch is None:
            return Outcome("unreachable", "the watch is not connected")
        number = self._commands.next_number()
        frame = watch.order(number, order)
        if not frame:
            return Outcome("unsupported", "a watch has no word for it")
        return await self._commands.ask(watch, number, frame)

    async def _listen(self, listener: socket.socket) -> None:
        try:
            async with asyncio.TaskGroup() as connections:
                await self._accept(listener, connections)
        finally:
            for watch in (*self._strangers, *self._watches.values()):  # also those whose task had not begun
                self._gone(watch)

    # --- who calls --------------------------------------------------------------------------------------------------

    async def _accept(self, listener: socket.socket, connections: asyncio.TaskGroup) -> None:
        while True:
            try:
                watch = await self._next_caller(listener)
            except OSError:  # it has gone already, or no descriptor is left
                await asyncio.sleep(REST_S)
                continue
            crowded = self._make_room(watch.host)
            self._strangers[watch] = None
            connections.create_task(self._serve(watch), name=f"{self.name} connection")
            if crowded:
                await asyncio.sleep(REST_S)

    async def _next_caller(self, listener: socket.socket) -> WatchConnection:
        connection, (host, *_) = await asyncio.get_running_loop().sock_accept(listener)
        try:
            reader, writer = await asyncio.open_connection(sock=connection, limit=READ_BYTES)
        except BaseException:
            connection.close()
            raise
        return WatchConnection(reader, writer, host, self._driver, self._faults, self.name)

    def _make_room(self, host: str) -> bool:
        """Sends the oldest stranger away where there are too many: of this host, else of that which has the most."""
        hosts = Counter(stranger.host for stranger in self._strangers)
        if hosts[host] < MOST_OF_ONE_HOST:
            if len(self._strangers) < MOST_STRANGERS:
                return False
            host = hosts.most_common(1)[0][0]
        oldest = next(stranger for stranger in self._strangers if stranger.host == host)
        del self._strangers[oldest]
        oldest.close()
        return True

    async def _serve(self, watch: WatchConnection) -> None:
        """One connection to its end, whatever it says."""
        try:
            with suppress(OSError, SourceLost):  # it has gone, or its driver is switched off
                await watch.run(self._take, self._patience)
        finally:
            self._gone(watch)

    def _gone(self, watch: WatchConnection) -> None:
        watch.close()
        self._strangers.pop(watch, None)
        if self._watches.get(watch.address) is watch:
            del self._watches[watch.address]

    # --- what is said -------------------------------------------------------------------------------------------------

    async def _take(self, watch: WatchConnection, items: list[Item]) -> None:
        """Hands over what a watch says; what it must not forget before is answered once that is on the disk."""
        if not watch.belongs(items):
            watch.close()
            return
        self._know(watch)
        replies = [item for item in items if isinstance(item, WriteBack)]
        self._receiver.on_serial_items(self.name, self._driver, self._told(watch, items))
        self._commands.answered(items)
        await self._receiver.room()
        if watch.address and any(reply.after_stored for reply in replies):
            await self._receiver.stored()
        watch.answer(replies)

    def _told(self, watch: WatchConnection, items: list[Item]) -> list[Item]:
        """As the roster has it; a stranger's nonsense is nobody's reading, and is not counted."""
        told: list[Item] = []
        for item in items:
            match item:
                case Measurement() | Status():
                    told.append(replace(item, address=watch.address or item.address))
                case Refusal() if watch.address:
                    told.append(replace(item, address=watch.address))
        return told

    def _know(self, watch: WatchConnection) -> None:
        """Whose it is, as the roster says now. The newest connection of a watch is the one that counts."""
        address = self._enrolled(watch.id)
        if address == watch.address:
            return
        if self._watches.get(watch.address) is watch:
            del self._watches[watch.address]
        watch.address = address
        if not address:
            self._strangers[watch] = None
            return
        self._strangers.pop(watch, None)
        older = self._watches.get(address)
        self._watches[address] = watch
        if older is None:
            log.info("watch connected", port=self.name, device=address)
        else:
            log.info("watch connected anew", port=self.name, device=address)
            older.close()

    def _enrolled(self, watch: str) -> str:
        """The address under which the watch with this id is enrolled, by id or by IMEI; "": it is not."""
        for address in (watch, *(one for one in self._roster.bands if _id_of(one) == watch)):
            band = self._roster.band(address)
            if band is not None and band.driver == self._driver.name:
                return address
        return ""

    def _now(self, state: str) -> None:
        if state == "open":
            log.info("watches can call", port=self.name)
        elif state != self.state:
            log.error("watches cannot call", port=self.name, why=state)
        self.state = state
        self.tried.set()


def _id_of(address: str) -> str | None:
    """The id that a watch with this IMEI says."""
    return address[ID_IN_IMEI] if len(address) == IMEI_DIGITS and address.isdigit() else None

"""The pairing agent on the D-Bus (org.bluez.Agent1): says yes to the bands that are being connected to, and no to all others.

bluetoothd pairs by itself when a band refuses a step for want of a bond, and asks this agent where the two do not agree without
a person; with no agent at all it fails after half a minute. What an agent can do decides how the two pair: one without a
keyboard "just works", one with a keyboard is asked for the passkey of whatever band has a display. So there is a keyboard only
while a band is connected to whose passkey the roster has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import structlog
from dbus_fast import DBusError, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus

from gateway.awake import awake_timeout
from gateway.changes import Changes
from gateway.errors import SourceLost
from gateway.sources.ble.bluez_watch import system_bus

log = structlog.get_logger()

BUS, BLUEZ = "org.freedesktop.DBus", "org.bluez"
AGENT, MANAGER = "org.bluez.Agent1", "org.bluez.AgentManager1"
PATH = "/lifering/agent"
REJECTED = "org.bluez.Error.Rejected"
JUST_WORKS, KEYBOARD = "NoInputNoOutput", "KeyboardOnly"
RULES = (
    f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='org.bluez.Device1',member='Disconnected'",
)
NO_KEY = "org.bluez.Reason.Authentication"  # the kernel hung up, for the band has no key for the link; 5.66 does not tell
ANSWER_S = 5
READY_S = 3  # a band is there for seconds: rather pair it another way, which it may refuse
BUS_PAUSE_S = 0.5
AGAIN_S = 15  # a bluetoothd that did not take it


class PairingAgent:
    """`run()` it in a task of its own while there is a bluetoothd."""

    def __init__(self) -> None:
        self._expected: dict[str, int | None] = {}  # by what bluetoothd calls the band: its passkey
        self._bluetoothd = ""  # its unique name
        self._registered = ""  # as what
        self._without_key: set[str] = set()
        self._news = Changes()

    @asynccontextmanager
    async def expecting(self, path: str, passkey: int | None) -> AsyncIterator[None]:
        """As long as one is inside, this band may pair: by its passkey, where it has one, and else without."""
        self._without_key.discard(path)
        self._expected[path] = passkey
        self._news.happened()
        try:
            if passkey is not None:
                await self._until_it_has_a_keyboard()
            yield
        finally:
            del self._expected[path]
            self._news.happened()

    def lost_its_key(self, path: str) -> bool:
        """Whether this band was hung up on when it was expected last, for it has lost its half of the bond."""
        lost = path in self._without_key
        self._without_key.discard(path)
        return lost

    async def run(self) -> None:
        """Serves until it is cancelled, whatever becomes of bluetoothd and D-Bus."""
        while True:
            try:
                async with system_bus() as bus, asyncio.TaskGroup() as tasks:
                    tasks.create_task(_until_lost(bus), name="D-Bus")
                    tasks.create_task(self._serve(bus), name="pairing agent")
            except* SourceLost:
                pass  # the watch over bluetoothd says so
            finally:
                self._bluetoothd = self._registered = ""
            await asyncio.sleep(BUS_PAUSE_S)

    # --- on the bus

    async def _serve(self, bus: MessageBus) -> None:
        bus.add_message_handler(self._told)
        for rule in RULES:
            await _call(bus, Message(BUS, "/org/freedesktop/DBus", BUS, "AddMatch", signature="s", body=[rule]))
        with suppress(SourceLost):  # it does not run
            owner = await _call(bus, Message(BUS, "/org/freedesktop/DBus", BUS, "GetNameOwner", signature="s", body=[BLUEZ]))
            self._bluetoothd = owner.body[0]
        while True:
            seen = self._news.number
            if self._bluetoothd and self._registered != self._wanted:
                await self._register(bus, self._wanted)
            await self._news.wait_beyond_or(seen, None if self._registered == self._wanted else AGAIN_S)

    @property
    def _wanted(self) -> str:
        return JUST_WORKS if all(passkey is None for passkey in self._expected.values()) else KEYBOARD

    async def _register(self, bus: MessageBus, capability: str) -> None:
        """As the default agent, and as nothing else that it was, or was made by a call that was answered too late."""
        self._registered = ""
        with suppress(SourceLost):  # it was none
            await _call(bus, _to_manager("UnregisterAgent", "o", PATH))
        with suppress(SourceLost):  # bluetoothd is gone again, which will be told, or is slow
            await _call(bus, _to_manager("RegisterAgent", "os", PATH, capability))
            await _call(bus, _to_manager("RequestDefaultAgent", "o", PATH))
            self._registered = capability
            self._news.happened()

    async def _until_it_has_a_keyboard(self) -> None:
        with suppress(TimeoutError):
            async with awake_timeout(READY_S):
                while self._registered != KEYBOARD:
                    await self._news.wait_beyond(self._news.number)

    def _told(self, message: Message) -> Message | bool:
        """A signal, or a question: a few microseconds, no more. Any program on the bus can send us both, asked for or not."""
        if message.message_type == MessageType.SIGNAL:
            self._told_by_signal(message)
        if message.message_type != MessageType.METHOD_CALL or message.path != PATH:
            return False
        if message.sender != self._bluetoothd:
            return Message.new_error(message, REJECTED, "")
        return self._answer(message)

    def _told_by_signal(self, signal: Message) -> None:
        match signal.sender, signal.member, signal.body:
            case sender, "NameOwnerChanged", [name, _, owner] if (sender, name) == (BUS, BLUEZ):
                self._bluetoothd, self._registered = owner, ""
                self._news.happened()
            case sender, "Disconnected", [reason, *_] if (sender, reason) == (self._bluetoothd, NO_KEY):
                self._without_key |= {path for path in self._expected if path == signal.path}

    def _answer(self, question: Message) -> Message:
        given = answer(question.member or "", question.body, self._expected)
        if given is None:
            log.info("pairing refused", question=question.member)
            return Message.new_error(question, REJECTED, "")
        return Message.new_method_return(question, "u" * len(given), given)


def answer(question: str, about: list[object], expected: Mapping[str, int | None]) -> list[int] | None:
    """What a question of org.bluez.Agent1 is answered with; None: no. `expected`: the bands that may pair, with passkeys.

    A band with a passkey is not paired without: whoever imitates it would not know it.
    """
    if question in ("Release", "Cancel"):
        return []
    band = str(about[0]) if about else ""
    if band not in expected:
        return None
    passkey = expected[band]
    if question == "RequestPasskey":
        return None if passkey is None else [passkey]
    return [] if question == "RequestAuthorization" and passkey is None else None


def _to_manager(member: str, signature: str, *body: str) -> Message:
    """Never a reason to start bluetoothd."""
    flags = MessageFlag.NO_AUTOSTART
    return Message(BLUEZ, "/org/bluez", MANAGER, member, signature=signature, body=list(body), flags=flags)


async def _until_lost(bus: MessageBus) -> None:
    with suppress(Exception):  # how the connection ended is of no interest
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
    raise SourceLost("no D-Bus")


async def _call(bus: MessageBus, message: Message) -> Message:
    """Raises SourceLost."""
    try:
        async with awake_timeout(ANSWER_S):
            reply = await bus.call(message)
    except (TimeoutError, OSError, EOFError, DBusError) as error:
        raise SourceLost("no answer") from error
    if reply.message_type == MessageType.ERROR:
        raise SourceLost("failed")
    return reply

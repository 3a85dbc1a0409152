"""Watches bluetoothd over D-Bus: is it there, which adapters has it, are they switched on, do they scan. Tells `Adapters`.

A scan that bluetoothd has forgotten stays deaf without an error, and silence tells of it only after half a minute; what makes
bluetoothd forget (it was restarted or killed, the adapter switched off or pulled out, D-Bus restarted) is told at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from dbus_fast import AuthError, BusType, DBusError, Message, MessageType, unpack_variants
from dbus_fast.aio import MessageBus

from gateway.awake import awake_timeout
from gateway.backoff import pause_s
from gateway.changes import Changes
from gateway.errors import SourceLost
from gateway.sources.ble.adapters import ABSENT, ADAPTER, Adapters, Objects
from gateway.sources.ble.rfkill import why_off

chance = random.SystemRandom().random

BUS, BLUEZ = "org.freedesktop.DBus", "org.bluez"
OBJECTS, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"
RULES = (
    f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECTS}'",
    f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',member='PropertiesChanged',arg0='{ADAPTER}'",
)
ADAPTERS = Path("/sys/class/bluetooth")
ANSWER_S = 10  # bluetoothd reads what it knows of hundreds of devices
STARTS_S = 5  # it starts when it is asked, where it can; D-Bus itself would wait for 25 s
BUS_PAUSE_S = 0.5  # a socket on this machine: looked at often, it costs nothing
LONGEST_PAUSE_S = 15  # each question has systemd try to start bluetoothd


class BluezWatch:
    """`run()` it in a task of its own. `forget`: done before adapters are there again of a bluetoothd that was killed."""

    def __init__(self, adapters: Adapters, forget: Callable[[], Awaitable[None]]) -> None:
        self._adapters = adapters
        self._forget = forget
        self._owners = Changes()

    async def run(self) -> None:
        """Watches until it is cancelled, whatever becomes of D-Bus."""
        while True:
            try:
                async with system_bus() as bus, asyncio.TaskGroup() as tasks:
                    tasks.create_task(_until_lost(bus), name="D-Bus")
                    tasks.create_task(self._follow(bus), name="bluetoothd")
            except* SourceLost as lost:
                self._adapters.none(str(lost.exceptions[0]))
            await asyncio.sleep(BUS_PAUSE_S)

    async def _follow(self, bus: MessageBus) -> None:
        bus.add_message_handler(self._told)
        for rule in RULES:
            await _of_bus(bus, "AddMatch", rule)
        failures, crashes = 0, self._adapters.crashes
        while True:
            seen = self._owners.number
            if self._adapters.crashes > crashes:
                await self._forget()
                crashes = self._adapters.crashes
            try:
                if why_not := await _why_not_running(bus):
                    self._adapters.none(why_not)  # told now: it may take its time to be started
                self._adapters.are(await _objects(bus, why_not))
                failures, until_s = 0, None
            except SourceLost as why:
                self._adapters.none(str(why))
                failures += 1
                until_s = pause_s(failures, LONGEST_PAUSE_S, chance())
            await self._owners.wait_beyond_or(seen, until_s)

    def _told(self, message: Message) -> None:
        """A signal: a few microseconds, no more."""
        match message.member, message.body:
            case "NameOwnerChanged", [_, _, owner]:
                if owner:
                    self._adapters.bluetoothd_came()
                else:
                    self._adapters.bluetoothd_went()
                self._owners.happened()
            case "InterfacesAdded", [path, interfaces] if path.count("/") == 3:
                self._adapters.came(path, unpack_variants(interfaces))
            case "InterfacesRemoved", [path, interfaces]:
                self._adapters.went(path, interfaces)
            case "PropertiesChanged", [_, changed, _] if message.path:
                self._adapters.changed(message.path, unpack_variants(changed))
            case _:
                pass  # answers, and what devices and their services say


async def adapters_now(named: tuple[str, ...]) -> Adapters:
    """As they are at this moment. Raises SourceLost."""
    adapters = Adapters(named, why_off=why_off)
    async with system_bus() as bus:
        try:
            adapters.are(await _objects(bus, await _why_not_running(bus)))
        except SourceLost as why:
            if str(why) == ABSENT and (held := why_off("")):
                raise SourceLost(held) from why
            raise
    return adapters


@asynccontextmanager
async def system_bus() -> AsyncIterator[MessageBus]:
    """A connection of our own. Raises SourceLost."""
    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        try:
            await bus.connect()
        except (OSError, EOFError) as error:
            raise SourceLost("no D-Bus") from error
        except AuthError as error:
            raise SourceLost("no permission") from error
        yield bus
    finally:
        bus.disconnect()


async def _until_lost(bus: MessageBus) -> None:
    with suppress(Exception):  # how the connection ended is of no interest
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
    raise SourceLost("no D-Bus")


async def _why_not_running(bus: MessageBus) -> str:
    """ "": bluetoothd runs; ABSENT: it waits to be started until there is an adapter, as on Debian. Raises SourceLost."""
    if (await _of_bus(bus, "NameHasOwner", BLUEZ)).body[0]:
        return ""
    may_start = BLUEZ in (await _of_bus(bus, "ListActivatableNames")).body[0]
    return ABSENT if may_start and not _has_adapter() else "no bluetoothd"


async def _objects(bus: MessageBus, why_not: str) -> Objects:
    """All that bluetoothd has; it is started where it does not run (`why_not`) and may be. Raises SourceLost."""
    if why_not == ABSENT:
        raise SourceLost(ABSENT)
    try:
        reply = await call(bus, Message(BLUEZ, "/", OBJECTS, "GetManagedObjects"), STARTS_S if why_not else ANSWER_S)
    except SourceLost as why:
        if str(why) == "no answer":
            raise SourceLost(why_not or (str(why) if _has_adapter() else ABSENT)) from why
        raise
    objects: Objects = unpack_variants(reply.body[0])
    return objects


def _has_adapter() -> bool:
    """Whether the kernel knows one."""
    return any(ADAPTERS.glob("hci*"))


async def _of_bus(bus: MessageBus, member: str, *words: str) -> Message:
    """Asks the bus itself. Raises SourceLost."""
    return await call(bus, Message(BUS, "/org/freedesktop/DBus", BUS, member, signature="s" * len(words), body=[*words]))


async def call(bus: MessageBus, message: Message, limit_s: float | None = None) -> Message:
    """The answer, which is no error. Raises SourceLost."""
    try:
        async with awake_timeout(ANSWER_S if limit_s is None else limit_s):
            reply = await bus.call(message)
    except TimeoutError as error:
        raise SourceLost("no answer") from error
    except (OSError, EOFError, DBusError) as error:
        raise SourceLost("no D-Bus") from error
    if reply.message_type == MessageType.ERROR:
        name = reply.error_name or ""
        denied = name == "org.freedesktop.DBus.Error.AccessDenied"
        refused = name.startswith(BLUEZ)
        raise SourceLost("no permission" if denied else "failed" if refused else "no bluetoothd") from DBusError(name, "")
    return reply

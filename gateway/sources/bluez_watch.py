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
from gateway.sources.adapters import ADAPTER, Adapters, Objects

chance = random.SystemRandom().random

BUS, BLUEZ = "org.freedesktop.DBus", "org.bluez"
OBJECTS, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"
RULES = (
    f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECTS}'",
    f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',member='PropertiesChanged',arg0='{ADAPTER}'",
)
ADAPTERS = Path("/sys/class/bluetooth")
ANSWER_S = 10  # bluetoothd starts when it is asked, and reads what it knows of hundreds of devices
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
            await _call(bus, Message(BUS, "/org/freedesktop/DBus", BUS, "AddMatch", signature="s", body=[rule]))
        failures, crashes = 0, self._adapters.crashes
        while True:
            seen = self._owners.number
            if self._adapters.crashes > crashes:
                await self._forget()
                crashes = self._adapters.crashes
            try:
                self._adapters.are(await _objects(bus))
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
    adapters = Adapters(named)
    async with system_bus() as bus:
        adapters.are(await _objects(bus))
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


async def _objects(bus: MessageBus) -> Objects:
    """All that bluetoothd has; it is started where it does not run and may be. Raises SourceLost."""
    try:
        reply = await _call(bus, Message(BLUEZ, "/", OBJECTS, "GetManagedObjects"))
    except SourceLost as why:
        if str(why) == "no answer" and not _has_adapter():  # without one Debian does not even start bluetoothd
            raise SourceLost("absent") from why
        raise
    objects: Objects = unpack_variants(reply.body[0])
    return objects


def _has_adapter() -> bool:
    """Whether the kernel knows one."""
    return any(ADAPTERS.glob("hci*"))


async def _call(bus: MessageBus, message: Message) -> Message:
    try:
        async with awake_timeout(ANSWER_S):
            reply = await bus.call(message)
    except TimeoutError as error:
        raise SourceLost("no answer") from error
    except (OSError, EOFError, DBusError) as error:
        raise SourceLost("no D-Bus") from error
    if reply.message_type == MessageType.ERROR:
        denied = reply.error_name == "org.freedesktop.DBus.Error.AccessDenied"
        raise SourceLost("no permission" if denied else "no bluetoothd")
    return reply

"""A stand-in for bluetoothd: owns org.bluez on a D-Bus, and has verbs for what it hears and for what goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from dbus_fast import BusType, DBusError, Message, MessageFlag, MessageType, NameFlag
from dbus_fast.aio import MessageBus

from tests.bluez import names
from tests.bluez.discovery import Discovery
from tests.bluez.links import Links
from tests.bluez.object_tree import ObjectTree
from tests.bluez.pairing import Pairing
from tests.bluez.room import Adapter, Device, Room
from tests.bluez.voice import Voice

RESTARTED_AFTER_S = 0.2  # systemd: Restart=always, or D-Bus at the next call

Method = Callable[[Message], Awaitable[object]]


@dataclass
class Fault:
    """What happens to the next calls of one method: an error (name, text), or no answer at all."""

    times: int
    error: tuple[str, str] | None = None


class FakeBluez:
    """`async with FakeBluez(bus.address) as bluez:` runs it, with the adapter hci0. `calls`: the methods called, in order.

    `deaths`: how often the kernel killed it; systemd starts it again. `experimental`: as its option, from the next start on.
    """

    def __init__(self, address: str) -> None:
        self.calls: list[str] = []
        self.deaths = 0
        self.experimental = False
        self.silent = False
        self._address = address
        self._room = Room()
        self._voice = Voice()
        self._tree = ObjectTree(self._voice)
        self._discovery = Discovery(self._room, self._tree)
        self.pairing = Pairing(self._room, self._tree, self._voice)
        self._links = Links(self._room, self._tree, self.pairing, self._die)
        self._faults: dict[str, Fault] = {}
        self._unanswered: set[str] = set()
        self._tasks = asyncio.TaskGroup()
        self._rebirths: list[asyncio.Task[None]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._methods = self._method_table()
        self.add_adapter()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for rebirth in self._rebirths:
            rebirth.cancel()
        await self.crash()
        await self._tasks.__aexit__(kind, error, trace)

    # --- life

    async def start(self) -> None:
        """bluetoothd starts: takes its name, and shows the adapters that are plugged in."""
        bus = MessageBus(self._address, BusType.SYSTEM)
        await bus.connect()
        bus.add_message_handler(self._on_message)
        match = f"type='signal',sender='{names.BUS}',member='NameOwnerChanged'"
        await bus.call(Message(names.BUS, "/org/freedesktop/DBus", names.BUS, "AddMatch", signature="s", body=[match]))
        self._voice.bus = bus
        self._run(self._voice.speak(bus), "speak")
        self._tree.add("/org/bluez", {names.AGENT_MANAGER: {}})
        await bus.request_name(names.BLUEZ, NameFlag.DO_NOT_QUEUE)  # whoever waited for it has his answer now
        for adapter in self._room.adapters.values():
            self._discovery.show(adapter, experimental=self.experimental)

    async def crash(self, *, kernel_scans_on: bool = False) -> None:
        """bluetoothd is killed: its name goes, nothing is said about the objects. The kernel may go on with its scan."""
        for task in tuple(self._running):
            task.cancel()
        bus = self._voice.bus
        self._voice.fall_silent()
        if bus is not None:
            bus.disconnect()
            with contextlib.suppress(Exception):  # how the connection ended is of no interest
                await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        self._tree.objects.clear()
        self.pairing.agents.clear()
        for device in self._room.devices.values():
            self._links.forget(device)
        for adapter in self._room.adapters.values():
            adapter.kernel_scans = kernel_scans_on and bool(adapter.discovering)
            adapter.discovering.clear()
            adapter.monitors.clear()
            adapter.stale = False
        for device in self._room.devices.values():
            if device.peer is not None:
                await device.peer.hang_up()

    async def stop(self) -> None:
        """bluetoothd ends in order: every object is removed, then the name goes."""
        for adapter in self._room.adapters.values():
            self._tree.remove(adapter.path)
        await self.settled()
        await self.crash()

    async def restart(self) -> None:
        """As `systemctl restart bluetooth`."""
        await self.stop()
        await self.start()

    def _die(self) -> None:
        self.deaths += 1
        self._rebirths.append(self._tasks.create_task(self._die_and_start_again(), name="bluetoothd dies"))

    async def _die_and_start_again(self) -> None:
        await self.crash()
        await asyncio.sleep(RESTARTED_AFTER_S)
        await self.start()

    @property
    def att_patience_s(self) -> float:
        """How long a device that does not answer is waited for."""
        return self._links.att_patience_s

    @att_patience_s.setter
    def att_patience_s(self, seconds: float) -> None:
        self._links.att_patience_s = seconds

    async def settled(self) -> None:
        """Returns when the bus has taken everything that was said before."""
        await self._voice.settled()

    # --- the world

    def add_adapter(self, name: str = "hci0", address: str = "00:1A:7D:DA:71:01") -> None:
        """An adapter is plugged in."""
        adapter = self._room.adapters[name] = Adapter(f"/org/bluez/{name}", address)
        if self._voice.bus is not None:
            self._discovery.show(adapter, experimental=self.experimental)

    def remove_adapter(self, name: str = "hci0") -> None:
        """It is pulled out: its devices end, then it does."""
        self._tree.remove(self._room.adapters.pop(name).path)
        for device in self._room.devices.values():
            self._links.forget(device)

    def power(self, on: bool, name: str = "hci0") -> None:
        """The radio is switched on or off, as by rfkill."""
        if not on:
            for device in self._room.devices.values():
                self.drop(device.address)
        self._discovery.power(self._room.adapters[name], on)

    def end_scans(self, name: str = "hci0") -> None:
        """bluetoothd lets the scans go that it was asked for."""
        self._discovery.end(self._room.adapters[name])

    def has_adapter(self, name: str) -> bool:
        """Whether one of this name is plugged in."""
        return name in self._room.adapters

    def adapter(self, name: str = "hci0") -> Adapter:
        """An adapter that is plugged in."""
        return self._room.adapters[name]

    def add_device(self, device: Device) -> Device:
        """A device comes into reach."""
        self._room.devices[device.address] = device
        return device

    def left_connected(self, device: Device, name: str = "hci0") -> None:
        """Somebody who is there no more has connected to this device."""
        self._discovery.show_device(self._room.adapters[name], device)
        self._links.stand(device, self._room.adapters[name])

    def advertise(self, address: str, data: bytes, rssi: int = -60) -> None:
        """A device sends these AD structures, its scan response included."""
        device = self._room.behind(address) or self._room.devices.setdefault(address, Device(address))
        if not self.silent and not device.connected:
            self._discovery.hear(device, data, rssi)

    def notify(self, address: str, uuid: str, value: bytes) -> bool:
        """A device notifies or indicates; False: nobody has subscribed."""
        return self._links.notify(address, uuid, value)

    def drop(self, address: str) -> None:
        """A connection is lost, or the device hangs up."""
        self._links.drop(address)

    # --- faults

    def fails(self, member: str, error: str = names.IN_PROGRESS, text: str = "In Progress", times: int = 1) -> None:
        """The next calls of this method are answered with an error."""
        self._faults[member] = Fault(times, (error, text))

    def hangs(self, member: str, times: int = 1) -> None:
        """The next calls of this method are never answered."""
        self._faults[member] = Fault(times)

    def answers_too_late(self, member: str) -> None:
        """The next call of this method is done, and its answer never comes."""
        self._unanswered.add(member)

    def hung_up_for_want_of_a_key(self, path: str) -> None:
        """It says of a device that it has hung up, for there is no key for the link."""
        self._tree.tell(path, names.DEVICE, "Disconnected", "ss", [names.NO_KEY, ""])

    # --- messages

    def _on_message(self, message: Message) -> bool:
        if message.message_type == MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _, owner = message.body
            if not owner:
                self._discovery.client_left(name)
                self.pairing.client_left(name)
                self._run(self._links.client_left(name), f"{name} left")
            return True
        if message.message_type != MessageType.METHOD_CALL:
            return False
        self._run(self._answer(message), f"answer {message.member}")
        return True

    def _run(self, job: Coroutine[None, None, None], name: str) -> None:
        task = self._tasks.create_task(job, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, call: Message) -> None:
        member = call.member or ""
        self.calls.append(member)
        try:
            if self._faulty(member):
                return
            reply = _reply(call, await self._method(call))
        except DBusError as error:
            reply = Message.new_error(call, error.type, error.text)
        if member in self._unanswered:
            self._unanswered.remove(member)
        elif not call.flags & MessageFlag.NO_REPLY_EXPECTED:
            self._voice.say(reply)

    def _faulty(self, member: str) -> bool:
        """Whether the call stays without an answer."""
        fault = self._faults.get(member)
        if fault is None:
            return False
        fault.times -= 1
        if fault.times == 0:
            del self._faults[member]
        if fault.error is not None:
            raise DBusError(*fault.error)
        return True

    def _method(self, call: Message) -> Awaitable[object]:
        method = self._methods.get((call.interface or "", call.member or ""))
        if method is None:
            raise DBusError(names.UNKNOWN_METHOD, f"no method {call.member}")
        if call.path != "/" and call.path not in self._tree.objects:
            raise DBusError(names.UNKNOWN_OBJECT, f"no object {call.path}")
        return method(call)

    def _method_table(self) -> dict[tuple[str, str], Method]:
        return {
            (names.OBJECT_MANAGER, "GetManagedObjects"): self._managed_objects,
            (names.PROPERTIES, "Set"): self._set,
            (names.ADAPTER, "SetDiscoveryFilter"): self._discovery.set_filter,
            (names.ADAPTER, "StartDiscovery"): self._discovery.start,
            (names.ADAPTER, "StopDiscovery"): self._discovery.stop,
            (names.ADAPTER, "RemoveDevice"): self._links.remove,
            (names.AGENT_MANAGER, "RegisterAgent"): self.pairing.register,
            (names.AGENT_MANAGER, "UnregisterAgent"): self.pairing.unregister,
            (names.AGENT_MANAGER, "RequestDefaultAgent"): self.pairing.make_default,
            (names.MONITORS, "RegisterMonitor"): self._discovery.register_monitor,
            (names.MONITORS, "UnregisterMonitor"): self._discovery.unregister_monitor,
            (names.DEVICE, "Connect"): self._links.connect,
            (names.DEVICE, "Disconnect"): self._links.disconnect,
            (names.CHARACTERISTIC, "ReadValue"): self._links.read,
            (names.CHARACTERISTIC, "WriteValue"): self._links.write,
            (names.CHARACTERISTIC, "StartNotify"): self._links.start_notify,
            (names.CHARACTERISTIC, "StopNotify"): self._links.stop_notify,
        }

    async def _set(self, call: Message) -> None:
        _interface, name, value = call.body
        assert name == "Powered"
        self.power(on=value.value, name=str(call.path).rsplit("/", 1)[1])

    async def _managed_objects(self, _: Message) -> object:
        return self._tree.as_now()


def _reply(call: Message, answer: object) -> Message:
    """bytes: a value; a dictionary: the objects; None: no more than that it was done."""
    if answer is None:
        return Message.new_method_return(call)
    return Message.new_method_return(call, "ay" if isinstance(answer, bytes) else "a{oa{sa{sv}}}", [answer])

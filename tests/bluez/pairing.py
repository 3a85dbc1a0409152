"""AgentManager1 and bonds: who is asked whether a device may pair, and what a device that wants a bond does without.

A pairing that nobody answers for fails by itself after a while, and whoever waits for it waits as long (28 s, measured with
bluetoothd 5.66). A bond has two halves: bluetoothd keeps its own on the disk, by adapter; where the device has lost the other,
it is not paired anew until somebody removes it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from dbus_fast import DBusError, Message, MessageType, Variant

from tests.bluez.names import AGENT, ALREADY_EXISTS, DEVICE, DOES_NOT_EXIST, NOT_PERMITTED
from tests.bluez.object_tree import ObjectTree
from tests.bluez.room import Adapter, Device, Room
from tests.bluez.voice import Voice

UNANSWERED_S = 28.0
KEYBOARDS = ("KeyboardOnly", "KeyboardDisplay", "")  # "": as "KeyboardDisplay"


@dataclass
class Agent:
    """A program that answers for a person: its name on the bus, and the object that is asked."""

    sender: str
    path: str
    capability: str


class Pairing:
    """The agents of a bus, and the bonds of a room. `unanswered_s`: how long a pairing takes for which nobody answers."""

    def __init__(self, room: Room, tree: ObjectTree, voice: Voice) -> None:
        self.unanswered_s = UNANSWERED_S
        self.agents: list[Agent] = []  # the last is the default one
        self._room = room
        self._tree = tree
        self._voice = voice

    # --- what happens

    def client_left(self, name: str) -> None:
        """A program left the bus."""
        self.agents = [agent for agent in self.agents if agent.sender != name]

    def is_half_lost(self, adapter: Adapter, device: Device) -> bool:
        """Whether bluetoothd has a bond of which the device knows nothing."""
        return device.address in adapter.bonds and adapter.address not in device.bonds

    async def secure(self, adapter: Adapter, device: Device, path: str) -> None:
        """Returns once the link is encrypted with a bond; pairs where bluetoothd has none."""
        if device.address not in adapter.bonds and await self._agreed(device, path):
            adapter.bonds.add(device.address)
            device.bonds.add(adapter.address)
            self._tree.change(path, DEVICE, Paired=Variant("b", True), Bonded=Variant("b", True))
        if device.address not in adapter.bonds or self.is_half_lost(adapter, device):
            raise DBusError(NOT_PERMITTED, "Not paired")

    async def _agreed(self, device: Device, path: str) -> bool:
        if not self.agents:
            await asyncio.sleep(self.unanswered_s)
            return False
        if not device.pairing_mode:
            return False
        if device.passkey is None:
            return await self.ask("RequestAuthorization", path) is not None
        if self.agents[-1].capability not in KEYBOARDS:
            return False
        return await self.ask("RequestPasskey", path) == [device.passkey]

    async def ask(self, member: str, path: str) -> list[object] | None:
        """What the default agent says; None: no."""
        agent, bus = self.agents[-1], self._voice.bus
        assert bus is not None
        reply = await bus.call(Message(agent.sender, agent.path, AGENT, member, signature="o", body=[path]))
        assert reply is not None
        return reply.body if reply.message_type == MessageType.METHOD_RETURN else None

    # --- methods

    async def register(self, call: Message) -> None:
        """RegisterAgent: one a program."""
        if any(agent.sender == call.sender for agent in self.agents):
            raise DBusError(ALREADY_EXISTS, "Already Exists")
        self.agents.insert(0, Agent(call.sender or "", *call.body))

    async def unregister(self, call: Message) -> None:
        """UnregisterAgent."""
        self.agents.remove(self._agent(call))

    async def make_default(self, call: Message) -> None:
        """RequestDefaultAgent."""
        agent = self._agent(call)
        self.agents.remove(agent)
        self.agents.append(agent)

    def _agent(self, call: Message) -> Agent:
        for agent in self.agents:
            if (agent.sender, agent.path) == (call.sender, call.body[0]):
                return agent
        raise DBusError(DOES_NOT_EXIST, "Does Not Exist")

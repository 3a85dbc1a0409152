"""bluetoothd and some bands for a gateway in another process: `python -m tests.bluez`, commands one a line on standard input.

It prints DBUS_SYSTEM_BUS_ADDRESS=..., which the gateway needs in its environment, and answers each command with "ok", and
what there is to tell, or with what is wrong. `help` lists the commands. The bands:

    strap    C0:FF:EE:00:00:01   streams its heart rate           cuff     C0:FF:EE:00:00:02   blood pressure on `measure`
    pendant  C0:FF:EE:00:00:03   BTHome, plain                    secret   C0:FF:EE:00:00:04   BTHome, encrypted with KEY
    stranger F0:0D:00:00:00:99   a pendant that nobody enrolled
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from fake_devices.bands.pendant import Pendant
from tests.bluez.bands import Cuff, Strap, room_heard_by
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.private_bus import PrivateBus

STRAP, CUFF, PENDANT, SECRET, STRANGER = (
    "C0:FF:EE:00:00:01",
    "C0:FF:EE:00:00:02",
    "C0:FF:EE:00:00:03",
    "C0:FF:EE:00:00:04",
    "F0:0D:00:00:00:99",
)
KEY = bytes(range(16))

Command = Callable[..., Awaitable[object] | object]


class Play:
    """The bands on the stage, and what one can have them do."""

    def __init__(self, bus: PrivateBus, bluez: FakeBluez) -> None:
        self._bus = bus
        self._bluez = bluez
        air = room_heard_by(bluez)
        self.strap = Strap(bluez, STRAP)
        self.cuff = Cuff(bluez, CUFF)
        self.pendants = {
            "pendant": Pendant(air, PENDANT),
            "secret": Pendant(air, SECRET, key=KEY),
            "stranger": Pendant(air, STRANGER),
        }
        self.commands: dict[str, Command] = {
            "press": lambda who: self.pendants[who].presses(),
            "bpm": lambda bpm: setattr(self.strap, "bpm", int(bpm)),
            "measure": lambda systolic, diastolic, pulse: self.cuff.measures(int(systolic), int(diastolic), int(pulse)),
            "vibrations": lambda: " ".join(each.hex() for each in self.strap.alerts),
            "drop": bluez.drop,
            "restart": bluez.restart,
            "crash": bluez.crash,
            "start": bluez.start,
            "adapter-gone": bluez.remove_adapter,
            "adapter-back": bluez.add_adapter,
            "power-off": lambda: bluez.power(on=False),
            "power-on": lambda: bluez.power(on=True),
            "silent": lambda: setattr(bluez, "silent", True),
            "hear": lambda: setattr(bluez, "silent", False),
            "fail": lambda method, times="1": bluez.fails(method, times=int(times)),
            "hang": lambda method, times="1": bluez.hangs(method, int(times)),
            "bus-lost": bus.kill,
            "bus-back": self._bus_back,
            "help": lambda: ", ".join(self.commands),
        }

    async def _bus_back(self) -> None:
        """A new daemon at the old address, with a new bluetoothd."""
        await self._bluez.crash()
        self._bus.start()
        await self._bluez.start()

    async def do(self, line: str) -> str:
        """Carries one command out."""
        name, *words = line.split() or [""]
        try:
            told = self.commands[name](*words)
            if isinstance(told, Awaitable):
                told = await told
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return f"ok {told}" if isinstance(told, str | bool) else "ok"


async def play(bus: PrivateBus) -> None:
    """Until the last command."""
    async with AsyncExitStack() as stack:
        bluez = await stack.enter_async_context(FakeBluez(bus.address))
        play = Play(bus, bluez)
        for pendant in play.pendants.values():
            await stack.enter_async_context(pendant)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        worn = tasks.create_task(play.strap.run())
        print(f"DBUS_SYSTEM_BUS_ADDRESS={bus.address}", flush=True)
        while (line := await asyncio.to_thread(sys.stdin.readline)) and line.strip() != "quit":
            print(await play.do(line), flush=True)
        worn.cancel()


if __name__ == "__main__":
    with PrivateBus() as bus:
        asyncio.run(play(bus))

"""In the guest: the bands of the room and the adapters that hear them, as a service: `python3 -m tests.vm.radio SOCKET`.

It takes one command a line over a Unix socket and answers each with a line. Killing it pulls the adapters out.

    strap, hung   C0:FF:EE:00:00:01, :02   stream their heart rate; `hang` makes the second deaf once it is connected
    pendant       C0:FF:EE:00:00:03        BTHome: `press pendant`; tells every second that it lives
    beacon        C0:FF:EE:00:00:04        a press is an iBeacon (KEY), and every 3 s an Eddystone TLM says that it lives
    cuff, bonded  C0:FF:EE:00:00:05, :06   show themselves once they are in `use`; the second tells over a bonded link only
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress

from fake_devices.bands.cuff import BloodPressureCuff
from fake_devices.bands.pendant import Pendant
from fake_devices.bands.slow_radio import Manners
from fake_devices.bands.strap import HeartRateStrap
from fake_devices.ble_link.advertising_data import Advert, build
from fake_devices.ble_link.air import Air
from tests.vm.linux_adapter import LinuxController, linux_adapter

STRAP, HUNG, PENDANT, BEACON, CUFF, BONDED = (f"C0:FF:EE:00:00:{last:02X}" for last in range(1, 7))
KEY = bytes.fromhex("00112233445566778899aabbccddeeff")
ADAPTERS = {"first": "00:1A:7D:DA:71:01", "second": "00:1A:7D:DA:71:02"}
PRESS_FRAMES, PRESS_EVERY_S = 30, 0.1

Command = Callable[..., Coroutine[None, None, object]]


class RadioRoom:
    """What is in the air, and what one can have it do."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._air = Air()
        self._manners = Manners()
        self._plugged: dict[str, tuple[AsyncExitStack, LinuxController]] = {}
        self._strap = HeartRateStrap(self._air, STRAP)
        self._hung = HeartRateStrap(self._air, HUNG, manners=self._manners)
        self._pendant = Pendant(self._air, PENDANT, alive_every_s=1)
        self._cuffs = {
            "cuff": BloodPressureCuff(self._air, CUFF),
            "bonded": BloodPressureCuff(self._air, BONDED, manners=Manners(bonded_only=True)),
        }
        self.commands: dict[str, Command] = {
            "plug": self._plug,
            "unplug": self._unplug,
            "scans": self._scans,
            "filter": self._filter,
            "press": self._press,
            "hang": self._hang,
            "drop": self._drop,
            "leave": self._leave,
            "return": self._return,
            "use": self._use,
            "kept": self._kept,
        }

    async def live(self) -> None:
        """For ever."""
        for band in (self._strap, self._hung, *self._cuffs.values()):
            await self._stack.enter_async_context(band)
        await self._stack.enter_async_context(self._pendant)
        await self._plug("first")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._measure(), name="hearts")
            tasks.create_task(self._beacon_lives(), name="beacon")

    async def _measure(self) -> None:
        while True:
            for number, strap in enumerate((self._strap, self._hung)):
                with suppress(Exception):  # of Bumble, where a link ends in this moment
                    await strap.measures(70 + number)
            await asyncio.sleep(1)

    async def _beacon_lives(self) -> None:
        sent = 0
        while True:
            sent += 1
            frame = bytes.fromhex("20000bb81580") + sent.to_bytes(4, "big") + (sent * 30).to_bytes(4, "big")
            self._air.advertise(Advert(BEACON, build(service_data={0xFEAA: frame})))
            await asyncio.sleep(3)

    # --- commands

    async def _plug(self, name: str) -> None:
        stack = AsyncExitStack()
        self._plugged[name] = stack, await stack.enter_async_context(linux_adapter(self._air, ADAPTERS[name]))

    async def _unplug(self, name: str) -> None:
        stack, _ = self._plugged.pop(name)
        await stack.aclose()

    async def _scans(self, name: str) -> str:
        return "yes" if self._plugged[name][1].le_scan_enable else "no"

    async def _filter(self, by: str) -> None:
        for _, controller in self._plugged.values():
            controller.filters_by_address = by == "address"

    async def _press(self, who: str) -> None:
        if who == "pendant":
            self._pendant.presses(frames=PRESS_FRAMES)
            return
        pressed = build(manufacturer_data={0x004C: b"\x02\x15" + KEY + bytes([0, 1, 0, 1, 0xC5])})
        for _ in range(PRESS_FRAMES):
            self._air.advertise(Advert(BEACON, pressed))
            await asyncio.sleep(PRESS_EVERY_S)

    async def _hang(self, on: str) -> None:
        self._manners.deaf = on == "on"

    async def _drop(self) -> None:
        await self._strap.drops_the_link()

    async def _leave(self) -> None:
        self._strap.walks_away()

    async def _return(self) -> None:
        self._strap.comes_back()

    async def _use(self, cuff: str, systolic: str, diastolic: str, pulse: str) -> None:
        await self._cuffs[cuff].measures(int(systolic), int(diastolic), int(pulse))

    async def _kept(self, cuff: str) -> str:
        """How many measurements it has that nobody confirmed."""
        return str(len(self._cuffs[cuff].stored))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries out what one client asks."""
        while line := (await reader.readline()).decode().split():
            try:
                told = await self.commands[line[0]](*line[1:])
            except Exception as error:
                told = f"{type(error).__name__}: {error}"
            writer.write(f"{'ok' if told is None else told}\n".encode())
            await writer.drain()
        writer.close()


async def main(socket: str) -> None:
    """Until it is killed."""
    async with AsyncExitStack() as stack:
        room = RadioRoom(stack)
        await asyncio.start_unix_server(room.answer, socket)
        await room.live()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

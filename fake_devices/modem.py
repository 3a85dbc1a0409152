"""An SMS modem on a pseudo-terminal, with the habits of real ones: `python -m fake_devices.modem` prints where it is.

It keeps what left it, and telephones can send to it. As a program: what leaves it is printed; a line `NUMBER TEXT` on the
standard input is an SMS that comes to it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from fake_devices.modem_brain import ModemBrain, SentPart
from fake_devices.modem_habits import ModemHabits
from fake_devices.pseudo_terminal import PseudoTerminal

LOOK_S = 0.02


class LeftSms(NamedTuple):
    """A whole message as its recipient reads it, and when its last part left (of the loop's clock)."""

    at_s: float
    number: str
    text: str
    references: tuple[int, ...]


class FakeModem:
    """Used as `async with FakeModem(path) as modem`; the port is there inside. `habits` may be turned at any time.

    `brain` is what it does; `wall_ms` is the network's clock.
    """

    def __init__(
        self,
        path: Path,
        habits: ModemHabits | None = None,
        *,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.habits = habits or ModemHabits()
        self.brain = ModemBrain(self.habits, lambda _: wall_ms())
        self.line = PseudoTerminal(path, self._hear)
        self.when_sent: Callable[[], None] = lambda: None  # the network got another part
        self._seen = 0
        self._timer: asyncio.TimerHandle | None = None
        self._off_the_bus = False

    async def __aenter__(self) -> Self:
        self.line.plug_in()
        self._pump()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.line.plugged_in:
            self.line.pull_out()

    # --- the story ---

    @property
    def parts(self) -> list[SentPart]:
        """What the network got, part by part."""
        return self.brain.parts

    @property
    def left(self) -> list[LeftSms]:
        """The messages whose parts are all with the network, in the order in which they became whole."""
        return whole_messages(self.brain.parts)

    def phone_sends(self, number: str, text: str) -> None:
        """Somebody sends an SMS to this SIM."""
        self._now()
        self.brain.phone_sends(number, text)
        self._pump()

    def network_reports(self, reference: int, number: str) -> None:
        """The service centre says what became of a part."""
        self._now()
        self.brain.report(reference, number, 0)
        self._pump()

    def says(self, line: str) -> None:
        """An unasked line."""
        self._now()
        self.brain.unasked(line)
        self._pump()

    def hangs(self) -> None:
        """It answers nothing but AT+CFUN=1,1 any more."""
        self.brain.hang()

    def vanishes(self) -> None:
        """Its port is pulled out."""
        self.line.pull_out()

    def comes_back(self, path: Path | None = None) -> None:
        """As a new device, maybe under another name: it starts from nothing."""
        if path is not None:
            self.line.path = path
        self.line.plug_in()
        self.brain.power_cycle(self._now())
        self._pump()

    # --- the line ---

    def _now(self) -> float:
        now_s = asyncio.get_running_loop().time()
        self.brain.hear(now_s, b"")
        return now_s

    def _hear(self, data: bytes) -> None:
        self.brain.hear(asyncio.get_running_loop().time(), data)
        self._pump()

    def _pump(self) -> None:
        """Says what is due, and comes back for the rest."""
        loop = asyncio.get_running_loop()
        self.line.write(self.brain.due(loop.time()))
        if len(self.brain.parts) > self._seen:
            self._seen = len(self.brain.parts)
            self.when_sent()
        self._unplug()
        if self._timer is not None:
            self._timer.cancel()
        next_s = self.brain.next_s
        self._timer = None if next_s is None else loop.call_at(max(next_s, loop.time() + 0.001), self._pump)

    def _unplug(self) -> None:
        """A stick at USB leaves the bus while it begins anew."""
        if self.brain.unplugs and self.line.plugged_in:
            self._off_the_bus = True
            self.line.pull_out()
        elif self._off_the_bus and not self.brain.unplugs:
            self._off_the_bus = False
            self.line.plug_in()


class Assembling:
    """Makes messages of parts as they come; a part that came twice counts once."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, int, int], dict[int, SentPart]] = {}

    def take(self, part: SentPart) -> LeftSms | None:
        """The message that is whole with this part."""
        if part.header is None:
            return LeftSms(part.at_s, part.number, part.text, (part.reference,))
        reference, total, number = part.header
        have = self._begun.setdefault((part.number, reference, total), {})
        have[number] = part
        if len(have) < total:
            return None
        del self._begun[part.number, reference, total]
        in_order = [have[at] for at in sorted(have)]
        text = "".join(one.text for one in in_order)
        return LeftSms(part.at_s, part.number, text, tuple(one.reference for one in in_order))


def whole_messages(parts: list[SentPart]) -> list[LeftSms]:
    """The messages of which all parts are there."""
    assembling = Assembling()
    return [whole for part in parts if (whole := assembling.take(part))]


async def play(path: Path, told: Callable[[str], None], read: Callable[[], Awaitable[str]]) -> None:
    """Tells what leaves the modem; takes `NUMBER TEXT` for it, until there is no more to read."""
    async with FakeModem(path) as modem:
        told(str(path))
        reading = asyncio.ensure_future(read())
        said = 0
        while True:
            await asyncio.wait([reading], timeout=LOOK_S)
            for sms in modem.left[said:]:
                said += 1
                told(f"-> {sms.number} {sms.text}")
            if not reading.done():
                continue
            if not (line := reading.result()):
                return
            number, _, text = line.strip().partition(" ")
            if number and text:
                modem.phone_sends(number, text)
            reading = asyncio.ensure_future(read())


def main() -> None:
    """Until the standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=Path, help="where the port appears (default: in a temporary folder)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.port or Path(folder) / "modem"
        asyncio.run(play(path, _print, lambda: asyncio.to_thread(sys.stdin.readline)))


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""A local light or buzzer: runs the command of `on_alert` when an alert begins, is escalated, and ends; nothing waits for it.

It gets the alert as one line of JSON on its stdin, and no shell. After 10 s it is killed with all that it began. What has a
hundred of them running begins no more: a light that is on already shows the next call, too.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from gateway.alert import PRIORITIES, AlertEvent, Priority

log = structlog.get_logger()

LONGEST_S = 10.0
LOOK_S = 0.1  # whether what it began has ended
AT_ONCE = 8  # running; the newest of what waits begins next
WAITING = 64

Command = Sequence[str]


class LocalChannel:
    """`command`: what is run now (None: nothing), `least`: for these alerts and more urgent ones; both asked anew.

    `line`: the ALERT of an event, as it goes to the platform. `run` it in a task of its own.
    """

    def __init__(
        self, command: Callable[[], Command | None], least: Callable[[], Priority], line: Callable[[AlertEvent], bytes]
    ) -> None:
        self._command, self._least, self._line = command, least, line
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(WAITING)

    def told(self, event: AlertEvent) -> None:
        """An event is on the disk. Waits for nothing."""
        if self._command() and self._is_shown(event):
            if self._waiting.full():
                self._waiting.get_nowait()  # the oldest: what is shown is how it is now
            self._waiting.put_nowait(self._line(event))

    def _is_shown(self, event: AlertEvent) -> bool:
        alert = event.alert
        if alert.test or alert.kind == "technical" or PRIORITIES.index(alert.priority) > PRIORITIES.index(self._least()):
            return False
        return event.event in ("raised", "escalated") or not alert.open

    async def run(self) -> None:
        """Run what was told, for ever."""
        free = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            while True:
                await free.acquire()
                line = await self._waiting.get()
                if command := self._command():
                    tasks.create_task(self._one(command, line)).add_done_callback(lambda _: free.release())
                else:
                    free.release()

    async def _one(self, command: Command, line: bytes) -> None:
        why = await run_command(command, line)
        if why:
            log.warning("on_alert failed", why=why)

    async def test(self, line: bytes, begun: Callable[[], None]) -> str:
        """Run it once with this line; "": it ended well, else why not."""
        command = self._command()
        return await run_command(command, line, begun) if command else "no such path"


async def run_command(command: Command, line: bytes, begun: Callable[[], None] = lambda: None) -> str:
    """Run it with this line on its stdin. "": it ended well; else why not, in few words."""
    until_s = asyncio.get_running_loop().time() + LONGEST_S
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # so that its children can be killed with it
        )
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "failed"
    begun()
    try:
        async with asyncio.timeout_at(until_s):
            await process.communicate(line + b"\n")
        await _children_ended(process.pid, until_s)
    except TimeoutError:
        return "too slow"
    finally:
        await _end(process)
    return "" if process.returncode == 0 else f"exit code {process.returncode}"


async def _children_ended(group: int, until_s: float) -> None:
    """What it left running has as long as it had itself."""
    with suppress(ProcessLookupError, PermissionError):
        while asyncio.get_running_loop().time() < until_s:
            os.killpg(group, 0)
            await asyncio.sleep(LOOK_S)


async def _end(process: asyncio.subprocess.Process) -> None:
    """It and all that it began; those that are gone are gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        await process.wait()

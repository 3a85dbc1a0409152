"""A modem at a pseudo-terminal in real time, with pauses a fiftieth as long as in the field."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

from fake_devices.modem_habits import ModemHabits
from gateway.channels.sms.modem import Modem
from gateway.channels.sms.pin import Pin, PinMemory
from gateway.channels.sms.ports import ports_of
from gateway.channels.sms.sms import DeliveryReport, IncomingSms
from gateway.channels.sms.timings import Timings
from gateway.clock import Clock, SystemClock
from tests.gateway.channels.sms.kept_pin import KeptPin

FAST = Timings(
    answer_s=0.5,
    wake_s=0.2,
    old_modem_s=0.1,
    function_s=1,
    pin_s=1,
    sim_s=1,
    network_s=1,
    look_for_network_s=0.1,
    mode_s=1,
    store_s=1,
    prompt_s=1,
    behind_prompt_s=0.005,
    sent_s=2,
    late_final_s=0.2,
    escape_s=0.02,
    busy_s=0.02,
    idle_s=0.4,
    tidy_s=5,
    empty_place_s=0.02,
    boot_s=0.6,
    messages_work_s=0.3,
    silent_s=0.2,
    fault_s=0.3,
    parts_s=1,
    between_resets_s=0.5,
)


def quick_habits() -> ModemHabits:
    return ModemHabits(prompt_s=0.002, accepts_s=0.01, report_s=0.05, boot_s=0.1, messages_work_s=0.05)


class Taken:
    """Takes what comes in, as long as `busy` is clear."""

    def __init__(self) -> None:
        self.messages: list[IncomingSms] = []
        self.reports: list[DeliveryReport] = []
        self.free = asyncio.Event()
        self.free.set()

    async def incoming(self, message: IncomingSms) -> None:
        self.messages.append(message)
        await self.free.wait()

    async def report(self, report: DeliveryReport) -> None:
        self.reports.append(report)


def references(*given: int) -> Callable[[], asyncio.Future[int]]:
    """Gives these, then counts on."""
    left = deque(given)
    last = 0

    def give() -> asyncio.Future[int]:
        nonlocal last
        last = left.popleft() if left else last + 1
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        answer.set_result(last)
        return answer

    return give


def modem_at(
    port: Path | str,
    *,
    clock: Clock | None = None,
    pin: str | None = None,
    memory: PinMemory | None = None,
    timings: Timings = FAST,
    find_ports: Callable[[str], list[str]] = ports_of,
    lost_after_s: float = 0.5,
    longest_send_s: float = 10,
) -> Modem:
    return Modem(
        str(port),
        115_200,
        clock or SystemClock(),
        Pin(pin, memory or KeptPin()),
        references(41),
        timings=timings,
        find_ports=find_ports,
        longest_pause_s=0.05,
        lost_after_s=lost_after_s,
        patient_s=1.0,
        longest_send_s=longest_send_s,
    )

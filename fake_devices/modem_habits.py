"""What a fake modem does well and badly: knobs for a story."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

Where = Literal["inside echo", "before prompt", "before reference", "before OK"]


@dataclass
class ModemHabits:
    """All may be turned while it runs. Times in seconds; lists are used up from the front."""

    # how it speaks
    echo_stays: bool = False  # ATE0 is answered, and changes nothing
    line_end: bytes = b"\r\n"
    a_byte_s: float = 0  # 0: in one piece
    prompt: bytes = b"> "
    prompt_s: float = 0.05
    no_prompt: int = 0  # so many CMGS get none
    unasked: list[tuple[Where, str]] = field(default_factory=list)  # around each CMGS
    makers_lines: tuple[str, ...] = ()  # said again and again
    makers_every_s: float = 2

    # what it says to messages
    accepts_s: float = 0.9
    refuses_before_prompt: deque[str] = field(default_factory=deque)  # "+CME ERROR: 515"
    refuses: deque[str] = field(default_factory=deque)  # "+CMS ERROR: 42"; "" in between: it is sent
    ok_first: bool = False
    hangs_after_pdu: int = 0  # so many times it says nothing more, to anything but AT+CFUN=1,1
    resets_in_burst: int = 0  # so many times the supply breaks down while it sends
    reset_sends: bool = False  # whether the message went out all the same

    # reports
    reports: Literal["direct", "stored", "none"] = "direct"
    report_s: float = 2
    report_statuses: tuple[int, ...] = (0x00,)  # one report each, in order
    report_before_reference: bool = False

    # SIM, network, store
    pin: str = ""  # wanted after power on
    pin_tries: int = 3
    sim: Literal["in", "missing", "broken"] = "in"
    sim_busy: int = 0  # so many AT+CPIN? get +CME ERROR: 515
    circuit: int = 1  # second number of +CREG
    packet: int = 1  # of +CEREG
    signal: int = 21
    service_centre: str = "+8613800571500"
    places: int = 40
    phase_2_plus: bool = False  # AT+CSMS?: 1
    stays_in_phase_2_plus: bool = False  # AT+CSMS=0: ERROR
    radio: int = 1  # AT+CFUN?
    stores_messages: bool = True  # +CMTI; False: +CMT
    deletes_all: bool = True  # AT+CMGD=1,4; False: an ERROR
    old_pin_answer: bool = False  # AT+CPIN? without an OK behind it
    empty_at_first: int = 0  # so many AT+CMGR find nothing yet

    # power
    boot_s: float = 3
    messages_work_s: float = 1  # after the boot; before, AT+CMGF=0 is an ERROR
    boot_lines: tuple[str, ...] = ("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready")
    unplugged_by_reset: bool = False  # USB: its port goes and comes back

"""What `gateway/intake/` logs: what a serial device says of itself, and what is remembered of devices. Pure."""

from __future__ import annotations

from gateway.events.event import NOTHING_TO_DO, Event, debug, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "serial device says": debug("SERIAL_STATUS", Said("A device at a serial port tells its state.", "串口设备报告状态。")),
    "press memory unreadable": warning(
        "PRESS_MEMORY_LOST",
        Said(
            "It is forgotten which presses of a band were known; one may be told twice.",
            "不再记得某手环已处理过的按键；可能重复报警一次。",
        ),
        NOTHING_TO_DO,
    ),
    "known records unreadable": warning(
        "KNOWN_RECORDS_LOST",
        Said(
            "It is forgotten which records of a device were known; they may come twice.",
            "不再记得某设备已读取的记录；可能重复读取。",
        ),
        NOTHING_TO_DO,
    ),
}

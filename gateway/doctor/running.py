"""What the running gateway says of itself: its faults, its modem, and whether the platform answered a test. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis, Group
from gateway.doctor.modem import STATES, WEAK
from gateway.status import StatusAnswer

GROUP_OF: Mapping[str, Group] = {
    "port_lost": "ports",
    "port_garbled": "ports",
    "adapter_lost": "radio",
    "band_put_off": "radio",
    "band_unpaired": "radio",
    "contact_stuck": "radio",
    "band_imitated": "radio",
    "modem_lost": "modem",
    "modem_no_network": "modem",
    "modem_power": "modem",
    "sms_undelivered": "modem",
    "sms_bound": "modem",
    "broker_unreachable": "broker",
    "platform_silent": "broker",
    "alert_rejected": "broker",
    "certificate_expires": "broker",
    "clock_unset": "clock",
    "disk": "disk",
    "working_in_memory": "disk",
    "disk_nearly_full": "disk",
    "store_repaired": "disk",
    "undervoltage": "power",
    "overheated": "power",
}
TOLD = frozenset({"may_not_ask", "garbled"})
NO_FAULTS = frozenset({"self_test", "test"})
HINTS = frozenset({"contact_stuck", "band_imitated"})


class Running(NamedTuple):
    """`why_not`: "not running", "may_not_ask", "garbled"; "": `status` is there.

    `no_receipt`: what came of a test alert instead of its receipt; "": it came; None: none was sent.
    """

    status: StatusAnswer | None = None
    why_not: str = ""
    no_receipt: str | None = None

    @property
    def is_connected(self) -> bool:
        """Whether it has a session with a broker."""
        link = self.status and self.status.links.get("mqtt")
        return bool(link and link.state == "connected")


def diagnoses(running: Running) -> Iterator[Diagnosis]:
    """What it says is wrong."""
    if running.why_not in TOLD:
        yield Diagnosis("gateway", running.why_not)
    if running.status is None:
        return
    for fault in running.status.faults:
        if fault.fault not in NO_FAULTS:
            device = fault.device or ""
            facts = {"device": device, "devices": 1}
            yield Diagnosis(GROUP_OF.get(fault.fault, "gateway"), fault.fault, facts, is_fault=fault.fault not in HINTS)
    if modem := running.status.links.get("modem"):
        if modem.state in STATES:
            yield Diagnosis("modem", STATES[modem.state])
        if isinstance(modem.signal, int) and modem.signal < WEAK:
            yield Diagnosis("modem", "modem_weak", {"signal": modem.signal}, is_fault=False)
    if running.no_receipt:
        yield Diagnosis("broker", "platform_no_receipt", {"why": running.no_receipt})

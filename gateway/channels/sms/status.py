"""What is known of the modem now, and the reasons for which it cannot send. Pure."""

from __future__ import annotations

from msgspec import Struct

from gateway.channels.sms.sms import ModemState


class ModemStatus(Struct):
    """Filled by the start and by each look at it."""

    state: ModemState = "starting"
    why: str = ""
    signal: int | None = None
    registered: bool = False
    reports_come: bool = False
    undervoltage: bool = False  # it began anew in the middle of sending, twice; or it says so itself


class CannotSend(Exception):
    """Nothing can be sent until a person has mended it, or the network takes the SIM again."""

    def __init__(self, state: ModemState, why: str = "") -> None:
        super().__init__(state)
        self.state: ModemState = state
        self.why = why

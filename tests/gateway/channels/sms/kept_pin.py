"""What was tried of a PIN, kept in memory only: over restarts of the dialogue, as a disk would."""

from __future__ import annotations

from gateway.channels.sms.pin import PinTried


class KeptPin:
    def __init__(self) -> None:
        self.tried: PinTried | None = None
        self.broken = False

    def new_salt(self) -> str:
        return "5a17"

    def load(self) -> PinTried | None:
        return self.tried

    def save(self, tried: PinTried) -> bool:
        if not self.broken:
            self.tried = tried
        return not self.broken

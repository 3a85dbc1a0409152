"""The clock of a replay: it stands at the time of the line, or of the deadline, that is being taken. Pure."""

from __future__ import annotations

from gateway.clock import ClockState


class VirtualClock:
    """Set by the replay. Both clocks run together; `known`: the state that the last line told of it."""

    boot = "replay"

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.known: ClockState = "synced"

    def wall_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return self.now_ms

    def monotonic_s(self) -> float:
        """The same in seconds: nobody sets this clock."""
        return self.now_ms / 1000

    def state(self) -> ClockState:
        """As the readings say of the gateway's clock."""
        return self.known

"""An open serial line as a conversation needs it."""

from __future__ import annotations

from typing import ClassVar

from drivers.driver import BytesReceived, ReportItems, Send
from gateway.errors import SourceLost
from gateway.sources.byte_line import ByteLine
from gateway.sources.conversation import LinkWant


class LineLink:
    """Writes what the driver wants to send, and gives it what comes."""

    understands: ClassVar[tuple[type, ...]] = (Send, ReportItems)
    pending = False  # what was not read yet is the kernel's

    def __init__(self, line: ByteLine) -> None:
        self._line = line
        self.wake = line.wake

    async def do(self, want: LinkWant) -> bool:
        """Writes."""
        assert isinstance(want, Send)  # it understands no other
        return self._line.write(want.data)

    async def next(self) -> BytesReceived | None:
        """The next bytes; None: it was woken. Raises SourceLost."""
        data = await self._line.read()
        return BytesReceived(data) if data else None

    async def rest(self) -> BytesReceived | None:
        """What the kernel has already."""
        try:
            data = await self._line.rest()
        except SourceLost:
            return None
        return BytesReceived(data) if data else None

"""What has come from above and is not read yet: bounded, so that nobody can fill the memory; the rest is told again."""

from __future__ import annotations

from collections import deque

from gateway.channels.mqtt.session import Message

MOST, MOST_BYTES = 1_000, 8_388_608


class Inbox:
    """In the order of coming."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._bytes = 0

    def put(self, message: Message) -> bool:
        """Whether there was room for it."""
        if len(self._messages) >= MOST or self._bytes + len(message.payload) > MOST_BYTES:
            return False
        self._messages.append(message)
        self._bytes += len(message.payload)
        return True

    def get(self) -> Message | None:
        """The oldest; None: there is none."""
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._bytes -= len(message.payload)
        return message

"""The lines that come out: each message as the platform would read it, with the time at which it was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from gateway.alert import Alert, AlertEvent
from gateway.clock import Clock
from gateway.commands import Reply
from gateway.formats.native import NativeFormat, snapshot_message
from gateway.formats.times import rfc3339

_encode = msgspec.json.Encoder().encode


class Output:
    """In order. `write`: takes one line with its end."""

    def __init__(self, gateway: str, origin: Callable[[int], str], clock: Clock, write: Callable[[bytes], object]) -> None:
        self._gateway, self._clock, self._write = gateway, clock, write
        self._format = NativeFormat(gateway, origin=origin)

    def _now(self) -> bytes:
        return rfc3339(self._clock.wall_ms()).encode()

    def alert(self, event: AlertEvent, late_s: int) -> None:
        """ALERT, stamped `sent_at`."""
        self._write(b'%s,"sent_at":"%s"}\n' % (self._format.alert(event, late_s).payload[:-1], self._now()))

    def reply(self, reply: Reply) -> None:
        """The answer to a command."""
        self._line(b"reply", self._format.reply(reply).payload)

    def snapshot(self, alerts: Iterable[Alert]) -> None:
        """What is open."""
        message = snapshot_message(self._gateway, self._clock.boot, self._clock.wall_ms(), alerts)
        self._line(b"snapshot", _encode(message))

    def sms(self, to: str, text: str) -> None:
        """An SMS that was sent."""
        self._line(b"sms", _encode({"to": to, "text": text}))

    def _line(self, what: bytes, message: bytes) -> None:
        self._write(b'{"%s":%s,"at":"%s"}\n' % (what, message, self._now()))

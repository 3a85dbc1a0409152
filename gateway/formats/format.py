"""What a format is: it knows all topics and all bytes of what a platform hears and says; a channel only carries them.

In-house values go in, wire values are made here, at the edge. What is sent is divided into streams, which have the names that
the contract gives them, in whatever topics a format puts them: the faults of the heartbeat are told in these names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol, TypeVar

from gateway.alert import AlertEvent
from gateway.commands import Command, Reply
from gateway.gap import Gap
from gateway.snapshot import Snapshot

STATUS: Final = "up/status"
HEARTBEAT: Final = "up/heartbeat"
READINGS: Final = "up/readings"
ALERTS: Final = "up/alerts"
REPLIES: Final = "up/replies"
SNAPSHOT: Final = "up/snapshot"
GAPS: Final = "up/gaps"
RECEIPTS: Final = "down/receipts"
COMMANDS: Final = "down/commands"

State = Literal["online", "offline", "stopping"]
ReceiptStatus = Literal["ok", "hold", "rejected"]


class Outgoing(NamedTuple):
    """A message to be sent. What is `urgent` overtakes all that is not."""

    stream: str
    topic: str
    payload: bytes
    retain: bool = False
    urgent: bool = True

    @property
    def length(self) -> int:
        """Of topic and payload together, in bytes."""
        return len(self.topic.encode()) + len(self.payload)


Part = TypeVar("Part")


def in_parts(tell: Callable[[Sequence[Part]], Outgoing], parts: Sequence[Part], longest: int) -> Iterator[Outgoing]:
    """As few messages as are no longer, in bytes; of a single part the broker says what it thinks."""
    message, half = tell(parts), len(parts) // 2
    if message.length <= longest or not half:
        yield message
        return
    yield from in_parts(tell, parts[:half], longest)
    yield from in_parts(tell, parts[half:], longest)


class Receipts(NamedTuple):
    """Ids that the platform gives one answer for, sorted. Nothing says yet that they are ours, or known.

    `unreadable` says why some beside them are no ids at all; "" where all are.
    """

    alerts: list[str]
    readings: list[str]
    status: ReceiptStatus
    reason: str = ""
    unreadable: str = ""


class Unreadable(NamedTuple):
    """A message that is none of the format. `why` quotes nothing of it; `command`: where there is somebody to answer."""

    stream: str
    why: str
    command: Command | None = None


class Format(Protocol):
    """One way of telling a platform what the gateway knows, and of hearing what it wants."""

    @property
    def subscriptions(self) -> Mapping[str, str]:
        """The topics on which the platform speaks to this gateway, by what it says there."""
        ...

    def status(self, state: State, snapshot: Snapshot) -> Outgoing:
        """Whether the gateway is there; the will too."""
        ...

    def heartbeat(self, snapshot: Snapshot, seq: int) -> Outgoing:
        """How the gateway is. `seq` counts the heartbeats."""
        ...

    def snapshot(self, snapshot: Snapshot) -> Outgoing:
        """What is open."""
        ...

    def alert(self, event: AlertEvent, late_s: int) -> Outgoing:
        """One event. Called again with the same arguments it makes the same bytes, so that no id has two contents."""
        ...

    def readings(self, boot: str, bodies: Sequence[bytes]) -> Outgoing:
        """A batch of readings in their stored form (`reading_json.py`), each body one or several joined by commas."""
        ...

    def gaps(self, boot: str, gaps: Sequence[Gap]) -> Outgoing:
        """What was evicted before the platform had it."""
        ...

    def reply(self, reply: Reply) -> Outgoing:
        """The answer to a command."""
        ...

    def inbound(self, topic: str, payload: bytes) -> Receipts | Command | Unreadable | None:
        """What the platform says; None: nothing that this format knows. Never raises, whatever the bytes are."""
        ...

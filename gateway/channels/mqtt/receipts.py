"""`down/receipts`: what the platform says it has, sorted into alerts and readings by the shape of the ids. Pure."""

from __future__ import annotations

from typing import NamedTuple

from gateway.channels.mqtt.inbound import decoded
from gateway.messages import ReceiptsMessage


class Receipts(NamedTuple):
    """Ids with one answer: `status` is `ok`, `hold` or `rejected`. Nothing says yet that they are ours, or known."""

    alerts: list[str]
    readings: list[str]
    status: str
    reason: str


def read(payload: bytes) -> Receipts:
    """A message of receipts. Raises Unreadable."""
    message = decoded(payload, ReceiptsMessage)
    receipts = Receipts([], [], message.status, message.reason)
    for id_ in message.ids:
        (receipts.alerts if _is_alert(id_) else receipts.readings).append(id_)
    return receipts


def _is_alert(id_: str) -> bool:
    """`gateway/epoch/A4` and `gateway/epoch/A4#2071`; a reading is `gateway/epoch/17`."""
    return id_.rpartition("/")[2].startswith("A")

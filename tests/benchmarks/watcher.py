"""The independent eye at the broker: says when each message came. A process of its own, so that nothing else delays it.

    python -m tests.benchmarks.watcher PORT TOPIC...

A line a message on standard output, times in seconds of the machine's monotonic clock:
`alert AT DEVICE EVENT`, `readings AT COUNT OLDEST` (the first `received_at` of the readings in it; `-`: it tells none).
"""

from __future__ import annotations

import sys
import time
from typing import Any

import msgspec
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

RETRY_S = 0.02
SESSION_S = 3600


class Alert(msgspec.Struct):
    """What is looked at of an alert."""

    device: str | None
    event: str


class Reading(msgspec.Struct):
    """What is looked at of a reading; a program that is no gateway gives no time."""

    received_at: str = "-"


class Batch(msgspec.Struct):
    """As the gateway sends it."""

    readings: list[Reading]


_alert = msgspec.json.Decoder(Alert).decode
_batch = msgspec.json.Decoder(Batch).decode
_bare = msgspec.json.Decoder(list[Reading]).decode


def told(topic: str, payload: bytes, at_s: float) -> str:
    """The line for a message."""
    if topic.endswith("/alerts"):
        alert = _alert(payload)
        return f"alert {at_s:.6f} {alert.device or '-'} {alert.event}"
    readings = _bare(payload) if payload.startswith(b"[") else _batch(payload).readings
    return f"readings {at_s:.6f} {len(readings)} {min((one.received_at for one in readings), default='-')}"


def main(port: int, topics: list[str]) -> None:
    """For ever. A broker that was away is found again at once, and keeps meanwhile what comes."""
    client = Client(CallbackAPIVersion.VERSION2, client_id="watcher", protocol=MQTTv5, reconnect_on_failure=False)
    session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    session.SessionExpiryInterval = SESSION_S

    def subscribe(*_: Any) -> None:
        client.subscribe([(topic, 1) for topic in topics])

    def message(_client: Client, _data: object, message: MQTTMessage) -> None:
        print(told(message.topic, bytes(message.payload), time.monotonic()), flush=True)

    client.on_connect = subscribe
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.on_message = message
    while True:
        try:
            client.connect("127.0.0.1", port, clean_start=False, properties=session)
        except OSError:
            time.sleep(RETRY_S)
        else:
            client.loop_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

"""The dispatcher's side: takes in what gateways send, gives receipts in the manner it is told to, and sends commands."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Literal, Self, TypeVar

import aiomqtt
import msgspec
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from fake_devices.consumer import Consumer, Message
from fake_devices.patience import HANGS_S

RETRY_S = 0.2
CONNECT_S = 10.0
SESSION_S = 86_400  # the broker keeps what comes while the platform is away
COMMAND_VALID = timedelta(minutes=5)
ROOT = "lifering/v1"

T = TypeVar("T")


class Platform:
    """Runs inside `async with`; goes on by itself when the connection is lost.

    `readings_too`: receipts for readings as well, for a gateway with `readings_need = "receipt"`.
    """

    def __init__(self, port: int, *, version: Literal["5", "3.1.1"] = "5", readings_too: bool = False) -> None:
        self.consumer = Consumer()
        self._port, self._version, self._readings_too = port, version, readings_too
        self._status: Literal["ok", "hold", "rejected", ""] = "ok"
        self._reason = ""
        self._commands: dict[str, tuple[str, bytes]] = {}
        self._to_send: deque[tuple[str, bytes]] = deque()  # the first stays until the broker has it
        self._has_more = asyncio.Event()
        self._changed = asyncio.Event()
        self._tasks = asyncio.TaskGroup()
        self._is_over = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        online = asyncio.Event()
        self._running = self._tasks.create_task(self._stay_connected(online))
        try:
            await online.wait()
        except BaseException as error:
            await self.__aexit__(type(error), error, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        self._running.cancel()
        await self._tasks.__aexit__(kind, error, trace)

    # --- how it answers ---

    def answers(self) -> None:
        """Gives receipts, as at the start."""
        self._manner("ok")

    def is_silent(self) -> None:
        """Takes everything in and says nothing."""
        self._manner("")

    def holds(self) -> None:
        """Has it, and wants to be reminded."""
        self._manner("hold")

    def rejects(self, reason: str) -> None:
        """Refuses what comes."""
        self._manner("rejected", reason)

    def _manner(self, status: Literal["ok", "hold", "rejected", ""], reason: str = "") -> None:
        self._status, self._reason = status, reason

    # --- what it asks for; each returns the id of the command ---

    def acknowledges(self, alert: str) -> str:
        """A person has seen the alert."""
        return self.commands("acknowledge", alert)

    def dispatches(self, alert: str) -> str:
        """Somebody is on the way."""
        return self.commands("dispatch", alert)

    def resolves(self, alert: str) -> str:
        """It is over."""
        return self.commands("resolve", alert)

    def cancels(self, alert: str) -> str:
        """It was nothing."""
        return self.commands("cancel", alert)

    def commands(self, verb: str, alert: str, *, args: Mapping[str, object] | None = None) -> str:
        """Any command, to the gateway whose alert it is; about that alert, where it has no other `args`."""
        id_ = f"command-{len(self._commands) + 1}-{time.time_ns()}"
        now = datetime.now(UTC)
        body = {
            "id": id_,
            "verb": verb,
            "args": {"alert": alert} if args is None else args,
            "actor": "dispatcher-1",
            "issued_at": _rfc3339(now),
            "expires_at": _rfc3339(now + COMMAND_VALID),
        }
        self._commands[id_] = (self._topic(alert, "commands"), msgspec.json.encode(body))
        self.repeats(id_)
        return id_

    def repeats(self, command: str) -> None:
        """Sends a command again, as a platform does that has lost the answer."""
        self._will_send(*self._commands[command])

    # --- what has come ---

    async def wait_for(self, found: Callable[[], T], limit_s: float = HANGS_S, what: str = "what was waited for") -> T:
        """What `found` gives once it is true; looked at whenever a message has come. Raises TimeoutError."""
        try:
            async with asyncio.timeout(limit_s):
                while not (result := found()):
                    self._changed.clear()
                    await self._changed.wait()
                return result
        except TimeoutError:
            raise TimeoutError(f"{what} did not come within {limit_s} s") from None

    async def alert(self, event: str = "raised", limit_s: float = HANGS_S, **fields: object) -> Message:
        """The first event with these fields, such as `kind="sos"`; waits for it."""

        def first() -> Message | None:
            wanted = {"event": event} | fields
            return next((e for e in self.consumer.events.values() if wanted.items() <= e.items()), None)

        found = await self.wait_for(first, limit_s, f"an alert with {fields}, {event},")
        assert found
        return found

    def comings(self, event: Message) -> list[float]:
        """When this event of an alert came, each time (time.monotonic)."""
        key = f"{event['id']}#{event['seq']}"
        return [arrival.at_s for arrival in self.consumer.arrivals if arrival.id == key]

    async def reply(self, command: str, number: int = 1, limit_s: float = HANGS_S) -> Message:
        """The gateway's answer to a command, to its first coming or a later one."""

        def answer() -> Message | None:
            answers = self.consumer.replies.get(command, [])
            return answers[number - 1] if len(answers) >= number else None

        found = await self.wait_for(answer, limit_s, f"answer {number} to {command}")
        assert found
        return found

    # --- the wire ---

    async def _stay_connected(self, online: asyncio.Event) -> None:
        while not self._is_over:  # before Python 3.13 a TaskGroup forgets that it was cancelled when one of its tasks fails
            try:
                async with AsyncExitStack() as stack:
                    async with asyncio.timeout(CONNECT_S):
                        client = await stack.enter_async_context(self._client())
                        await client.subscribe(f"{ROOT}/+/up/#", qos=1)
                    online.set()
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(self._receive(client))
                        tasks.create_task(self._send(client))
            except* (aiomqtt.MqttError, TimeoutError):
                await asyncio.sleep(RETRY_S)

    def _client(self) -> aiomqtt.Client:
        """A client without a time limit of its own: aiomqtt keeps it with `asyncio.wait_for`, which gives an answer in place
        of the cancellation where both come at once (before Python 3.12)."""
        if self._version == "3.1.1":
            return aiomqtt.Client(
                "127.0.0.1",
                self._port,
                identifier="platform",
                protocol=aiomqtt.ProtocolVersion.V311,
                clean_session=False,
                timeout=math.inf,
            )
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_S
        return aiomqtt.Client(
            "127.0.0.1",
            self._port,
            identifier="platform",
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,
            properties=properties,
            timeout=math.inf,
        )

    async def _receive(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            self._take(str(message.topic), message.payload)

    def _take(self, topic: str, payload: bytes) -> None:
        ids = self.consumer.take(topic, payload, time.monotonic())
        if ids and self._status and (self._readings_too or topic.endswith("/alerts")):
            self._gives_receipt(ids)
        self._changed.set()

    def _gives_receipt(self, ids: list[str]) -> None:
        receipt: dict[str, object] = {"ids": ids, "status": self._status}
        if self._reason:
            receipt["reason"] = self._reason
        self._will_send(self._topic(ids[0], "receipts"), msgspec.json.encode(receipt))

    def _will_send(self, topic: str, payload: bytes) -> None:
        self._to_send.append((topic, payload))
        self._has_more.set()

    async def _send(self, client: aiomqtt.Client) -> None:
        """Returns when the link is lost: it is for `_receive` to tell of that, once it has taken in what had come."""
        while True:
            while not self._to_send:
                self._has_more.clear()
                await self._has_more.wait()
            try:
                await client.publish(*self._to_send[0], qos=1)
            except aiomqtt.MqttError:
                return
            self._to_send.popleft()

    def _topic(self, id_: str, what: str) -> str:
        gateway = id_.partition("/")[0]
        return f"{ROOT}/{gateway}/down/{what}"


def _rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

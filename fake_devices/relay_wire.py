"""The encrypted frames of ESPHome's API, as a device speaks them: Noise_NNpsk0_25519_ChaChaPoly_SHA256, protobuf inside.

    01 LL LL  frame        a hello, an answer of the handshake, or when that is over, encrypted:
                           TT TT (type of the message) LL LL (its length) the message

Source: the frame helpers of esphome/components/api of ESPHome, and the client's of aioesphomeapi.
"""

from __future__ import annotations

import base64
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from typing import Any

from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO
from cryptography.exceptions import InvalidTag
from noise.connection import NoiseConnection  # type: ignore[import-untyped]  # it has no types

PROLOGUE = b"NoiseAPIInit\x00\x00"
MARK, PLAIN_MARK = 0x01, 0x00
CHOSEN = b"\x01"  # the only protocol there is
WELL, REFUSED = b"\x00", b"\x01"
KINDS = {kind.__name__: (number, kind) for number, kind in MESSAGE_TYPE_TO_PROTO.items()}


class WrongKey(Exception):
    """The caller has another one, and was told so."""


class RelayWire:
    """One caller. `key`: base64. `speaks()`: false while nothing that it says comes through."""

    def __init__(
        self, reader: StreamReader, writer: StreamWriter, name: str, key: str, speaks: Callable[[], bool] = lambda: True
    ) -> None:
        self._reader, self._writer, self._name, self._speaks = reader, writer, name, speaks
        self._noise = NoiseConnection.from_name(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256")
        self._noise.set_as_responder()
        self._noise.set_psks(base64.b64decode(key))
        self._noise.set_prologue(PROLOGUE)
        self._noise.start_handshake()

    async def shakes_hands(self) -> None:
        """Raises WrongKey."""
        await self._frame()
        self._sends(CHOSEN + self._name.encode() + b"\0" + b"02004c4f4f50\0")
        asked = await self._frame()
        try:
            self._noise.read_message(asked[1:])
        except InvalidTag:
            self._sends(REFUSED + b"Handshake MAC failure")
            raise WrongKey from None
        self._sends(WELL + bytes(self._noise.write_message()))

    async def is_ignored(self) -> None:
        """What it says now. Raises EOFError when it is gone."""
        await self._frame()

    async def next(self) -> Any:
        """The next message that it says."""
        said = bytes(self._noise.decrypt(await self._frame()))
        message = MESSAGE_TYPE_TO_PROTO[int.from_bytes(said[:2], "big")]()
        message.ParseFromString(said[4:])
        return message

    def tells(self, kind: str, **fields: object) -> None:
        """A message, by the name that it has in api.proto."""
        number, message = KINDS[kind]
        self.tells_raw(number, message(**fields).SerializeToString())

    def tells_raw(self, number: int, body: bytes) -> None:
        """A message of this type, whatever it holds."""
        if not self._speaks():
            return
        header = number.to_bytes(2, "big") + len(body).to_bytes(2, "big")
        self._sends(bytes(self._noise.encrypt(header + body)))

    def tells_garbage(self, data: bytes) -> None:
        """Bytes that are no frame."""
        self._writer.write(data)

    @property
    def waiting(self) -> int:
        """How many octets the caller has not taken yet, beside what lies in the kernel."""
        return self._writer.transport.get_write_buffer_size()

    async def drained(self) -> None:
        """The caller takes more."""
        await self._writer.drain()

    def close(self) -> None:
        """Hangs up."""
        self._writer.close()

    def _sends(self, frame: bytes) -> None:
        self._writer.write(bytes([MARK]) + len(frame).to_bytes(2, "big") + frame)

    async def _frame(self) -> bytes:
        head = await self._reader.readexactly(3)
        return await self._reader.readexactly(int.from_bytes(head[1:], "big"))

"""The packets of Omron monitors, and how they are joined out of four channels; `omron_bp.py` has the sheet."""

from __future__ import annotations

from msgspec import Struct

from drivers.bands.pieces import HALF_FRAME_LASTS_S
from drivers.driver import Refusal, Refused
from drivers.framing import need, xor

START, READ, END = 0x0000, 0x0100, 0x0F00
ANSWER = 0x8000  # of each of these
PIECE = 16
CHANNELS = 4

_AROUND = 8  # bytes of a packet that are not data


class Packet(Struct, frozen=True):
    """A packet that is whole and sound. `data` has the status where a transmission ends."""

    type: int
    address: int
    data: bytes


def encoded(kind: int, address: int = 0, size: int = 0) -> bytes:
    """A question: so many bytes from this address of the memory."""
    head = bytes((_AROUND,)) + kind.to_bytes(2) + address.to_bytes(2) + bytes((size, 0))
    return head + bytes((xor(head),))


def decode(packet: bytes) -> Packet:
    """One whole packet. Raises Refused."""
    need(packet, _AROUND, "packet")
    if len(packet) != packet[0]:
        raise Refused("length", f"packet: {len(packet)} bytes, says {packet[0]}")
    kind, address, size = int.from_bytes(packet[1:3]), int.from_bytes(packet[3:5]), packet[5]
    if size + _AROUND != len(packet):
        raise Refused("length", f"packet: {size} bytes of data in {len(packet)}")
    if xor(packet):
        raise Refused("checksum", f"packet: XOR is {xor(packet):02x}")
    if kind not in (ANSWER | START, ANSWER | READ, ANSWER | END):
        raise Refused("unsupported", f"packet of type {kind:04x}")
    return Packet(kind, address, packet[6:-1] if kind == ANSWER | END else packet[6:-2])


class ChannelJoiner:
    """Joins the pieces of one packet, in whatever order its channels bring them. The first byte of channel 0 is its length."""

    def __init__(self) -> None:
        self._pieces: dict[int, bytes] = {}
        self._since_s = 0.0

    def take(self, channel: int, piece: bytes, now_s: float) -> list[Packet | Refusal]:
        """The packet that is whole with this piece, and what had to be thrown away."""
        found: list[Packet | Refusal] = []
        if self._pieces and now_s - self._since_s > HALF_FRAME_LASTS_S:
            found.append(Refusal("length", f"{len(self._pieces)} pieces of a packet, the others did not come"))
            self._pieces.clear()
        self._pieces[channel] = piece
        self._since_s = now_s
        wanted = self._wanted()
        if wanted is not None and all(number in self._pieces for number in range(wanted)):
            found.append(self._joined(wanted))
        return found

    def _wanted(self) -> int | None:
        """How many channels the packet needs; a length that cannot be needs no more than there is."""
        first = self._pieces.get(0)
        if first is None:
            return None
        return min(-(-first[0] // PIECE), CHANNELS) if first else 1

    def _joined(self, wanted: int) -> Packet | Refusal:
        joined = b"".join(self._pieces[number] for number in range(wanted))
        self._pieces.clear()
        try:
            return decode(joined[: max(joined[:1], default=0)])
        except Refused as why:
            return why.refusal

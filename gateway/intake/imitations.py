"""Signs that somebody else speaks in the name of a band. Pure.

Plain advertisements can be imitated by anybody with a phone, and a device that is replaced, or a hub that tells late, can look
like it. So nothing is refused for a sign, a press least of all: it is counted, and where there are several within a while
people are told to look. What each sign is, and why once is not enough:

    counter back      the number of its frames falls: two senders take turns. Once is a new battery; by a few it is two
                      receivers, of which one tells later
    address type      the same receiver hears the same address as public and as random, which no device changes
    without its key   frames that are not sealed by its key, amid frames that are. None that is: the key is another one
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator
from typing import Literal

from msgspec import Struct, field

from drivers.driver import Advertisement, Decoded, Reason

Sign = Literal["counter back", "address type", "without its key"]

TIMES, WITHIN_S = 3, 600.0  # so many signs of one kind within so long are told
LASTS_S = 3600.0  # after the last one
OUT_OF_ORDER = 8  # frames
ONE_BYTE = 256  # a number that goes round
UNSEALED: frozenset[Reason] = frozenset({"checksum", "encrypted"})


class _Band(Struct):
    """What was heard of one. `types`: by receiver. `sealed_s`: when a frame with the check of its key came last.

    `numbers`: the last of its frames, and of each key, for some devices count each for itself.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    sealed_s: float | None = None
    lately: dict[Sign, deque[float]] = field(default_factory=dict)
    until_s: float | None = None
    counts: Counter[str] = field(default_factory=Counter)


class Imitations:
    """Of the enrolled bands, since the start. Times are monotonic (s)."""

    def __init__(self) -> None:
        self._bands: dict[str, _Band] = {}

    def take(self, heard: Advertisement, by: str, decoded: Decoded, now_s: float) -> Sign | None:
        """A good frame of a band, and which receiver heard it; the sign that is to be told now, if one is."""
        band = self._bands.setdefault(heard.address, _Band())
        told = self._address_type(band, heard.address_type, by, now_s)
        if decoded.counter is not None:
            band.sealed_s = now_s
        for of, number in _numbers(decoded):
            if _is_back(band.numbers.get(of, number), number):
                told = self._sign(band, "counter back", now_s) or told
            band.numbers[of] = number
        return told

    def refused(self, address: str, reason: Reason, now_s: float) -> Sign | None:
        """The same of a frame that was refused."""
        band = self._bands.get(address)
        if band is None or reason not in UNSEALED or band.sealed_s is None or now_s - band.sealed_s > WITHIN_S:
            return None
        return self._sign(band, "without its key", now_s)

    def suspected(self, now_s: float) -> list[str]:
        """The bands that somebody may imitate now."""
        return sorted(address for address, band in self._bands.items() if band.until_s is not None and now_s < band.until_s)

    def count(self, address: str, sign: Sign) -> int:
        """How often this was seen of this band."""
        return self._bands[address].counts[sign]

    def forget_all_but(self, enrolled: Collection[str]) -> None:
        """Who is enrolled no more."""
        for address in self._bands.keys() - enrolled:
            del self._bands[address]

    def _address_type(self, band: _Band, now: str, by: str, now_s: float) -> Sign | None:
        before = band.types.get(by)
        if not now or now == before:
            return None
        band.types[by] = now
        return self._sign(band, "address type", now_s) if before else None

    def _sign(self, band: _Band, sign: Sign, now_s: float) -> Sign | None:
        band.counts[sign] += 1
        lately = band.lately.setdefault(sign, deque(maxlen=TIMES))
        lately.append(now_s)
        if len(lately) < TIMES or now_s - lately[0] > WITHIN_S:
            return None
        is_told = band.until_s is not None and now_s < band.until_s
        band.until_s = now_s + LASTS_S
        return None if is_told else sign


def _numbers(decoded: Decoded) -> Iterator[tuple[str, int]]:
    """What rises from frame to frame: the counter of the cipher, or else the numbers of its presses, or of the packet."""
    packet = decoded.status.get("packet_id")
    if decoded.counter is not None:
        yield "counter", decoded.counter
    elif isinstance(packet, int):
        yield "packet", packet
    else:
        for press in (*decoded.measurements, *decoded.released):
            if isinstance(press.event, int):
                yield f"{press.value} {press.which}", press.event


def _is_back(before: int, now: int) -> bool:
    if max(before, now) < ONE_BYTE:
        return OUT_OF_ORDER < (before - now) % ONE_BYTE < ONE_BYTE // 2
    return before - now > OUT_OF_ORDER

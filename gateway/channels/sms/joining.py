"""Joins the parts of messages that came in several. Pure.

A message of which parts are missing is handed over without them after a while: an answer is better than none.
"""

from __future__ import annotations

from msgspec import Struct, field

from gateway.channels.sms.pdu import DeliverPdu
from gateway.channels.sms.sms import IncomingSms

Place = tuple[str, int]  # the store and the index in it
MOST_UNFINISHED = 64

Key = tuple[str, int, int]  # sender, reference, number of parts


class ArrivedSms(Struct):
    """A message that is as whole as it will be, and where the modem keeps its parts."""

    message: IncomingSms
    places: list[Place]


class _Unfinished(Struct):
    since_s: float
    at_ms: int | None
    texts: dict[int, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)


class PartsJoiner:
    """`places` are those of parts whose message is not whole."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._unfinished: dict[Key, _Unfinished] = {}

    @property
    def places(self) -> set[Place]:
        """Not to be deleted, and not to be read again."""
        return {place for unfinished in self._unfinished.values() for place in unfinished.places}

    @property
    def next_s(self) -> float | None:
        """When something is to be handed over as it is."""
        since_s = [unfinished.since_s for unfinished in self._unfinished.values()]
        return min(since_s) + self._patience_s if since_s else None

    def add(self, pdu: DeliverPdu, place: Place | None, now_s: float) -> ArrivedSms | None:
        """The message, if this makes it whole."""
        at_ms = None if pdu.at is None else round(pdu.at.timestamp() * 1000)
        places = [place] if place is not None else []
        if pdu.concatenation is None:
            return ArrivedSms(IncomingSms(sender=pdu.sender, text=pdu.text, at_ms=at_ms), places)
        reference, total, part = pdu.concatenation
        key = (pdu.sender, reference, total)
        unfinished = self._unfinished.setdefault(key, _Unfinished(now_s, at_ms))
        unfinished.texts[part] = pdu.text
        unfinished.places += places
        return self._join(key) if len(unfinished.texts) == total else None

    def forget_places(self) -> None:
        """The store was emptied."""
        for unfinished in self._unfinished.values():
            unfinished.places.clear()

    def overdue(self, now_s: float) -> list[ArrivedSms]:
        """What has waited long enough for its other parts; and the oldest where there are too many."""
        oldest_first = sorted(self._unfinished, key=lambda key: self._unfinished[key].since_s)
        too_many = oldest_first[: max(0, len(oldest_first) - MOST_UNFINISHED)]
        late = [key for key in oldest_first if now_s - self._unfinished[key].since_s >= self._patience_s]
        return [self._join(key) for key in dict.fromkeys(too_many + late)]

    def _join(self, key: Key) -> ArrivedSms:
        unfinished = self._unfinished.pop(key)
        message = IncomingSms(
            sender=key[0],
            text="".join(text for _, text in sorted(unfinished.texts.items())),
            at_ms=unfinished.at_ms,
            whole=len(unfinished.texts) == key[2],
        )
        return ArrivedSms(message, unfinished.places)

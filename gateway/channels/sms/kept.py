"""What the second path must not forget over restarts, beside the alerts themselves: what else waits, and what went out. Pure.

Who was asked is stored with each alert (`Alert.asked`). This is one memory beside them (`MEMORY`), written with what changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.channels.sms.reports import SentMessage

MEMORY = "sms"  # its name among the memories
DAY_MS = 86_400_000
BUCKET_MS = 600_000  # parts are counted in so many
NOTE_MS = 3_600_000  # a word that nobody could be told for so long is of no use any more
HOUR_MS = 3_600_000
HINTS_AN_HOUR = 3  # of each
MOST_MESSAGES, MOST_TAKEN = 100, 200

HintAbout = Literal["how", "nothing open"]


class Note(Struct, frozen=True):
    """A word that waits for a phone, other than a question. `n`: its number."""

    n: int
    phone: str
    text: str
    at_ms: int


class SmsMemory(Struct, frozen=True, kw_only=True):
    """`reference`: of the last message in parts. `parts`: how many went out, by 10 minutes of the wall clock. `hints`: to
    whom and when it was told how to reply, or that nothing is open.

    `taken`: answers that were taken in, so that one which is read twice changes nothing. `messages`: of which reports may come.
    `last_asked`: by phone, the alerts that the last question to it was about.
    """

    next_note: int = 1
    reference: int = 0
    notes: tuple[Note, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    hints: tuple[tuple[str, int], ...] = ()
    taken: tuple[tuple[str, int], ...] = ()
    messages: tuple[SentMessage, ...] = ()
    last_asked: dict[str, tuple[int, ...]] = {}

    def noted(self, phone: str, text: str, now_ms: int) -> SmsMemory:
        """This waits for the phone, too."""
        note = Note(self.next_note, phone, text, now_ms)
        return replace(self, notes=(*self.notes, note), next_note=self.next_note + 1)

    def without(self, notes: Sequence[int], now_ms: int) -> SmsMemory:
        """These were told; and what is too old to be told goes."""
        left = tuple(note for note in self.notes if note.n not in notes and abs(now_ms - note.at_ms) < NOTE_MS)
        return self if left == self.notes else replace(self, notes=left)

    def without_word_of(self, wearer: str) -> SmsMemory:
        """No word that waits names this wearer."""
        left = tuple(note for note in self.notes if wearer not in note.text)
        return self if left == self.notes else replace(self, notes=left)

    def sent(self, parts: int, now_ms: int) -> SmsMemory:
        """So many parts went out."""
        bucket = now_ms // BUCKET_MS
        counted = dict(self._of_the_day(now_ms))
        counted[bucket] = counted.get(bucket, 0) + parts
        return replace(self, parts=tuple(sorted(counted.items())))

    def asked(self, phone: str, alerts: Sequence[int]) -> SmsMemory:
        """This phone was asked about these alerts, in one message."""
        return replace(self, last_asked={**self.last_asked, phone: tuple(dict.fromkeys(alerts))})

    def parts_today(self, now_ms: int) -> int:
        """How many went out in the last 24 hours."""
        return sum(parts for _, parts in self._of_the_day(now_ms))

    def _of_the_day(self, now_ms: int) -> list[tuple[int, int]]:
        return [(bucket, parts) for bucket, parts in self.parts if abs(now_ms - bucket * BUCKET_MS) < DAY_MS]

    def may_hint(self, phone: str, about: HintAbout, now_ms: int) -> bool:
        """Whether this phone may be told once more: two machines must not answer each other for ever."""
        return sum(who == f"{about} {phone}" for who, _ in self._of_the_hour(now_ms)) < HINTS_AN_HOUR

    def hinted(self, phone: str, about: HintAbout, text: str, now_ms: int) -> SmsMemory:
        """It is told."""
        hints = (*self._of_the_hour(now_ms), (f"{about} {phone}", now_ms))
        return replace(self.noted(phone, text, now_ms), hints=hints)

    def _of_the_hour(self, now_ms: int) -> list[tuple[str, int]]:
        return [(who, at_ms) for who, at_ms in self.hints if abs(now_ms - at_ms) < HOUR_MS]

    def was_taken(self, digest: str) -> bool:
        """Whether this answer was taken in before."""
        return any(one == digest for one, _ in self.taken)

    def took(self, digest: str, now_ms: int) -> SmsMemory:
        """It was."""
        recent = [(one, at_ms) for one, at_ms in self.taken if abs(now_ms - at_ms) < DAY_MS]
        return replace(self, taken=(*recent, (digest, now_ms))[-MOST_TAKEN:])

    def with_messages(self, messages: Sequence[SentMessage]) -> SmsMemory:
        """The newest of these."""
        return replace(self, messages=tuple(messages[-MOST_MESSAGES:]))


def digest_of(sender: str, text: str, at_ms: int) -> str:
    """What no other answer has; `at_ms`: by the service centre's clock."""
    return blake2b(f"{sender}\n{at_ms}\n{text}".encode(), digest_size=12).hexdigest()


def encode(kept: SmsMemory) -> bytes:
    """For the store."""
    return msgspec.json.encode(kept)


def decode(memory: bytes | None) -> SmsMemory:
    """What `encode` was given; nothing where it cannot be read: it must never stop the gateway."""
    try:
        return msgspec.json.decode(memory, type=SmsMemory) if memory else SmsMemory()
    except msgspec.MsgspecError:
        return SmsMemory()

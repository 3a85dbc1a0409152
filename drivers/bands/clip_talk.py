"""The conversation with a finger clip or a ring of a maker, which speaks as long as the link stands.

    subscribe   its values
    open        what it wants before it speaks: mostly nothing
    hear        until it has told no value for so long, or hangs up

What it repeats with each value, its battery or a state, is reported when it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from msgspec.structs import replace

from drivers.bands.frames import BandFrame, answers
from drivers.bands.pieces import Joiner
from drivers.bands.talk import BandTalk
from drivers.driver import (
    BytesReceived,
    Context,
    Conversation,
    Decoded,
    Notified,
    Refused,
    Report,
    Services,
    Silence,
    Subscribe,
    Visit,
)
from drivers.steps import Step, now
from drivers.talk import Acts, Doing

SILENCE_S = 60  # as long as a ConnectionDriver that streams may be silent
STATES = ("battery",)

Take = Callable[[Notified, float], Iterable[BandFrame]]
"""What becomes whole with a notification at this time of the conversation, decoded. Raises nothing."""
Decode = Callable[[str, bytes], Decoded]
"""What a frame of a characteristic tells. Raises Refused."""


class ClipTalk(BandTalk[BandFrame]):
    """One connection. `write_to` is the characteristic that takes the commands, where there are any."""

    def __init__(self, services: Services, context: Context, write_to: str = "") -> None:
        super().__init__(services, context, write_to)
        self._value_s = 0.0

    def _listen(self, patience_s: float) -> Conversation:  # type: ignore[explicit-override]  # from 3.12 on
        """Without an end while it tells values; after an order other than a visit it is not listened to."""
        if not patience_s:
            return
        self._value_s = yield from now()
        while (yield from self.live_on(self._value_s + SILENCE_S)):
            if not (yield from self.obey()):
                return

    def _hear_band(self, event: Notified | BytesReceived | Silence) -> Step[list[BandFrame]]:  # type: ignore[explicit-override]
        frames = yield from super()._hear_band(event)
        if any(one.kind not in STATES for frame in frames for one in frame.decoded.measurements):
            self._value_s = yield from now()
        return frames


class Clip:
    """A `Manner`: what is subscribed, and what is new in what comes."""

    def __init__(self, take: Take, *subscriptions: Subscribe) -> None:
        self.subscriptions = subscriptions
        self.acts: Acts = {Visit: self._visit}
        self._take = take
        self._news = News()

    def open(self) -> Conversation:
        """Nothing is wanted before the first value."""
        yield from ()

    def hear(self, told: Notified, now_s: float) -> Step[list[BandFrame]]:
        """Nothing is acknowledged."""
        good: list[BandFrame] = []
        for frame in self._take(told, now_s):
            yield Report(self._news.of(frame.decoded))
            good += answers(frame.data, frame.decoded)
        return good

    def _visit(self, _order: Visit) -> Doing:
        """There is nothing to ask for."""
        yield from ()
        return "done"


class News:
    """What is new of states that a clip tells again and again."""

    def __init__(self) -> None:
        self._known: dict[str, object] = {}

    def of(self, decoded: Decoded) -> Decoded:
        """The same without the states that have not changed."""
        told = [one for one in decoded.measurements if one.kind not in STATES or self._is_new(one.kind, one.value)]
        status = {word: state for word, state in decoded.status.items() if self._is_new(word, state)}
        return replace(decoded, measurements=told, status=status)

    def _is_new(self, word: str, state: object) -> bool:
        before, self._known[word] = self._known.get(word), state
        return before != state


# --- how values become frames -------------------------------------------------------------------------------------------


def joined(joiner: Joiner, decode: Decode) -> Take:
    """Frames that come in pieces, cut anywhere."""
    return partial(_joined, joiner, decode)


def whole(decode: Decode) -> Take:
    """Each notification is a frame."""
    return lambda told, _now_s: [_read(decode, told.characteristic, told.data)]


def _joined(joiner: Joiner, decode: Decode, told: Notified, now_s: float) -> Iterable[BandFrame]:
    for piece in joiner.take(told.data, now_s):
        if isinstance(piece, bytes):
            yield _read(decode, told.characteristic, piece)
        else:
            yield BandFrame(b"", Decoded(refusals=[piece]))


def _read(decode: Decode, characteristic: str, data: bytes) -> BandFrame:
    try:
        return BandFrame(data, decode(characteristic, data))
    except Refused as why:
        return BandFrame(data, Decoded(refusals=[why.refusal]))

"""A message on its way out: its parts, what the modem said of them, and what that comes to. Pure."""

from __future__ import annotations

from gateway.channels.sms.errors import ModemError
from gateway.channels.sms.sms import SmsOutcome, SmsResult, Unsent
from gateway.channels.sms.submit import SubmitPdu

PAUSES_S = (5.0, 10.0, 20.0, 40.0, 60.0)  # until a temporary error is tried again
REJECTED_PAUSE_S = 60.0
MOST_UNKNOWN = 3  # times that nobody knows whether a part went out
MOST_BUSY, MOST_NO_PROMPT, MOST_STORAGE, MOST_WRONG_MODE = 30, 3, 2, 1


class SendJob:
    """Its parts go out in order. `result` is there when it is over."""

    def __init__(self, unsent: Unsent) -> None:
        self.result: SmsResult | None = None
        self.references = list(unsent.references)
        self._parts = [SubmitPdu(*part) for part in unsent.parts]
        self._before = unsent
        self._doubt = unsent.doubt
        self._on_the_way = False  # handed to the modem, and no word of it yet
        self._unknown = 0
        self._tries: dict[str, int] = {}

    @property
    def part(self) -> SubmitPdu:
        """The one that is next."""
        return self._parts[0]

    @property
    def on_the_way(self) -> bool:
        """Whether the modem has a part of which it said nothing yet."""
        return self._on_the_way

    def handed_over(self) -> None:
        """The modem has the part now."""
        self._on_the_way = True

    def went_out(self, reference: int) -> None:
        """The network has the part."""
        self._on_the_way = False
        self.references.append(reference)
        self._parts.pop(0)
        self._tries.clear()
        if not self._parts:
            self.finish("sent")

    def not_sent(self) -> None:
        """The modem said an error: the part did not go out."""
        self._on_the_way = False

    def take_up_again(self) -> bool:
        """The modem stopped in between. True: nobody knows whether the part went out."""
        unknown, self._on_the_way = self._on_the_way, False
        self._doubt |= unknown
        self._unknown += unknown
        if self._unknown >= MOST_UNKNOWN:
            self.finish("unknown", "no answer")
        return unknown

    def may_try(self, what: str, most: int) -> bool:
        """Whether this part may be tried once more after this, and counts it."""
        self._tries[what] = self._tries.get(what, 0) + 1
        return self._tries[what] <= most

    def failed(self, error: ModemError) -> None:
        """The modem's last word for now."""
        if error.kind == "retry_once":
            self._rejected(error)
        elif error.kind in ("permanent", "fault"):
            self.finish(error.kind, error.code)
        else:
            self.finish("temporary", error.code)

    def _rejected(self, error: ModemError) -> None:
        if self._before.rejected:
            self.finish("permanent", error.code)
        else:
            self.finish("temporary", error.code, again_s=REJECTED_PAUSE_S, rejected=True)

    def give_up(self, code: str) -> None:
        """The modem is away."""
        self.take_up_again()
        self.finish("unknown" if self._doubt else "fault", code)

    def finish(self, outcome: SmsOutcome, code: str = "", *, again_s: float = 0, rejected: bool = False) -> None:
        """This is what came of it; what comes later changes nothing."""
        if self.result is not None:
            return
        tries = self._before.tries
        if outcome == "temporary":
            again_s = again_s or PAUSES_S[min(tries, len(PAUSES_S) - 1)]
        left = Unsent(
            parts=tuple((part.hex, part.length) for part in self._parts),
            references=tuple(self.references),
            tries=tries + 1,
            rejected=rejected or self._before.rejected,
            doubt=self._doubt,
        )
        self.result = SmsResult(
            outcome=outcome,
            references=tuple(self.references),
            code=code,
            again_s=again_s,
            duplicate_possible=self._doubt,
            unsent=left if outcome in ("temporary", "unknown", "fault") else None,
        )

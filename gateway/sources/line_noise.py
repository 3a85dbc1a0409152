"""Whether a serial line brings nothing but what its driver refuses: wrong baud, wrong driver, a bad cable. Pure."""

from __future__ import annotations

GARBLED_S = 60.0


class LineNoise:
    """Told of all that becomes whole on the line. Times are monotonic seconds.

    What the driver leaves aside without a word, such as sentences that tell nothing, is neither good nor bad.
    """

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._last_s = 0.0

    @property
    def garbled(self) -> bool:
        """For a minute nothing but refusals has come; it stays so until something else does, or the port is opened anew."""
        return self._since_s is not None and self._last_s - self._since_s >= GARBLED_S

    def took(self, now_s: float, *, good: bool) -> None:
        """Something became whole: `good` where it was more than refusals."""
        if good:
            self._since_s = None
            return
        began_anew = self._since_s is None or (now_s - self._last_s >= GARBLED_S and not self.garbled)
        self._since_s = now_s if began_anew else self._since_s
        self._last_s = now_s

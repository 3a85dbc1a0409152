"""The samples of a measurement of ycbt that is under way: which of them is its result. `ycbt.py` has the sheet. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from drivers.bands.ycbt_frames import LIVE, PUSH, RESULT, YcbtFrame
from drivers.decoded import Decoded
from drivers.measurement import Kind, Measurement

ECHO_S = 5  # after a start a pulse may be an echo of the last one
SETTLES_S = 30  # captured: from 26 s on the pulse is that of the wearer

_SAMPLED: dict[Kind, int] = {"heart_rate": 0x01, "oxygen_saturation": 0x02}  # key of the samples; the others come once
_DONE = b"\1"


class Samples:
    """One measurement, begun at `began_s`.

    A band that says 0 while it warms up says by its first other sample that it is warm: that one is the result. Another
    tells samples while its sensor settles, and which was the last of them by a push: those before it are no readings.
    """

    def __init__(self, kind: Kind, mode: int, began_s: float) -> None:
        self._kind = kind
        self._mode = mode
        self._began_s = began_s
        self._says_when_warm = False
        self._last: list[Measurement] = []
        self._last_s = began_s

    def heard(self, frame: YcbtFrame, now_s: float) -> YcbtFrame:
        """The same frame, with what of it is to be told now."""
        if frame.is_of(LIVE, _SAMPLED.get(self._kind, -1)):
            return self._sampled(frame, now_s)
        if self._is_result(frame) and frame.payload[1:2] == _DONE:
            return replace(frame, decoded=replace(frame.decoded, measurements=self._last))
        return frame

    def _sampled(self, frame: YcbtFrame, now_s: float) -> YcbtFrame:
        self._says_when_warm |= frame.payload[:1] == b"\0"
        is_echo = self._kind == "heart_rate" and now_s < self._began_s + ECHO_S
        if not frame.decoded.measurements or (self._says_when_warm and not is_echo):
            return frame
        if not is_echo:
            self._last, self._last_s = frame.decoded.measurements, now_s
        return replace(frame, decoded=Decoded())

    def ends(self, frame: YcbtFrame) -> bool:
        """Whether a frame ends the measurement: with its value, or by the word that it is over."""
        if any(measurement.kind == self._kind for measurement in frame.decoded.measurements):
            return True
        over = frame.payload[1:2] if self._is_result(frame) else b""
        return bool(over) and (over != _DONE or self._kind in _SAMPLED)

    def settled(self) -> list[Measurement]:
        """The last sample, where none is marked as the last and the sensor had had its time; or none."""
        return self._last if self._last_s >= self._began_s + SETTLES_S else []

    def _is_result(self, frame: YcbtFrame) -> bool:
        return frame.is_of(PUSH, RESULT) and frame.payload[:1] == bytes((self._mode,))

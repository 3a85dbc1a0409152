"""Whose measurement it is that a shared device takes: of the one who signed in at it with a press on their band. Pure.

A booth in the hall measures whoever sits down. What it measures belongs to the booth itself, save where somebody signed in
before: one person alone, within the last two minutes, and not used up. Nobody is guessed:

- two who signed in, and one measurement: it is nobody's, and both sign in again;
- who measures first after a sign-in uses it up. What follows without a pause of ten seconds (the second value of a cuff, the
  stream of an oximeter) is of the same person; when a sign-in runs out in the midst of it, the rest is nobody's;
- a press in the midst of a measurement does not take it over: it counts for the next one.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from drivers.measurement import Kind

PAUSE_S = 10.0  # after so long without a value somebody else may sit there
OF_A_BODY: frozenset[Kind] = frozenset(
    {
        "heart_rate",
        "blood_pressure",
        "body_temperature",
        "skin_temperature",
        "oxygen_saturation",
        "respiratory_rate",
    }
)


class SharedDevice(Struct):
    """One shared device: who signed in at it and when, whose its measurement is now and until when, when it measured last."""

    lasts_s: float
    signed_in: dict[str, float] = field(default_factory=dict)
    owner: str = ""
    owns_until_s: float = 0
    measured_s: float | None = None

    def measures(self, at_s: float) -> str:
        """Whose measurement of this moment it is; "": nobody's."""
        if self.measured_s is None or at_s - self.measured_s > PAUSE_S:
            self._sits_down(at_s)
        self.measured_s = at_s
        return self.owner if at_s <= self.owns_until_s else ""

    def _sits_down(self, at_s: float) -> None:
        until_s = {wearer: pressed_s + self.lasts_s for wearer, pressed_s in self.signed_in.items()}
        valid = [wearer for wearer, ends_s in until_s.items() if ends_s >= at_s]
        self.owner = valid[0] if len(valid) == 1 else ""
        self.owns_until_s = until_s.get(self.owner, 0)
        self.signed_in.clear()


class SignIns:
    """The shared devices, by the name of their port, with how many seconds a sign-in at each lasts. Times are monotonic."""

    def __init__(self, lasting_s: Mapping[str, float]) -> None:
        self._places: dict[str, SharedDevice] = {}
        self.use(lasting_s)

    def use(self, lasting_s: Mapping[str, float]) -> None:
        """These shared devices from now on, and no others; who signed in at one that stays is signed in still."""
        places = {port: self._places.get(port, SharedDevice(seconds)) for port, seconds in lasting_s.items()}
        for port, place in places.items():
            place.lasts_s = lasting_s[port]
        self._places = places

    def pressed(self, wearer: str, at_s: float) -> None:
        """Somebody pressed a key that is no call for help: they sign in, at every shared device."""
        for place in self._places.values():
            place.signed_in[wearer] = at_s

    def measured(self, port: str, kinds: frozenset[Kind], at_s: float) -> str:
        """Whose measurement of these kinds it is, by what is shared at this port; "": that of the device itself."""
        place = self._places.get(port)
        return place.measures(at_s) if place and kinds <= OF_A_BODY else ""

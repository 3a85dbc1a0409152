"""A story: who lives in the community, what they wear, and at which second who does what. Data, read from TOML.

A story says only what people, bands, the network and the dispatcher do. What comes of it is for the listener to see.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

FOLDER = Path(__file__).parent / "stories"
Words = dict[str, str]  # language ("zh-CN", "en") -> what is said


class Deed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="does"):
    """Something is done by `who` (a wearer) at second `at_s` of the story, or as soon after as it can be."""

    at_s: float
    who: str = ""
    tells: Words = {}


class Presses(Deed, frozen=True, tag="presses"):
    """The wearer presses the key of the band."""


class MeasuresPressure(Deed, frozen=True, tag="measures_pressure"):
    """The wearer uses the cuff; with `ago_s` it was so long ago, out of reach, and the cuff comes into reach now."""

    systolic: int
    diastolic: int
    pulse: int
    ago_s: float = 0


class TakesTemperature(Deed, frozen=True, tag="takes_temperature"):
    """The wearer uses the thermometer."""

    celsius: float


class TakesOxygen(Deed, frozen=True, tag="takes_oxygen"):
    """The wearer puts a finger into the oximeter; with `ago_s` it was so long ago, and the oximeter has kept it."""

    percent: int
    pulse: int
    ago_s: float = 0


class TakesItOff(Deed, frozen=True, tag="takes_it_off"):
    """The band is off the wrist for so many seconds."""

    lasting_s: float


class StrapIsCut(Deed, frozen=True, tag="strap_is_cut"):
    """The strap of a wristband that notices it is cut."""


class LooksForPhone(Deed, frozen=True, tag="looks_for_phone"):
    """The wearer taps "find my phone" on the watch."""


class GoesOut(Deed, frozen=True, tag="goes_out"):
    """The wearer leaves the house, with everything worn: nothing of it is in reach."""


class ComesHome(Deed, frozen=True, tag="comes_home"):
    """The wearer is back; for so long a watch out of reach has measured by itself, and kept it."""

    away_s: float = 0


class NetworkDrops(Deed, frozen=True, tag="network_drops"):
    """The line between the gateway and the broker is dead."""


class NetworkComesBack(Deed, frozen=True, tag="network_comes_back"):
    """The line works again."""


class GivesCommand(Deed, frozen=True, tag="commands"):
    """The dispatcher gives a command about the wearer's alert of this kind, once it has come."""

    verb: Literal["acknowledge", "dispatch", "on_scene", "resolve", "cancel"]
    alert: str


class AnswersSms(Deed, frozen=True, tag="answers_sms"):
    """Whoever has this phone answers the SMS about a call of `who` that has come to it, once it has come."""

    phone: str
    text: str


class Says(Deed, frozen=True, tag="says"):
    """Nothing is done; a line is told."""


AnyDeed = (
    Presses
    | MeasuresPressure
    | TakesTemperature
    | TakesOxygen
    | TakesItOff
    | StrapIsCut
    | LooksForPhone
    | GoesOut
    | ComesHome
    | NetworkDrops
    | NetworkComesBack
    | GivesCommand
    | AnswersSms
    | Says
)

Kind = Literal[
    "wristband",
    "strap",
    "cuff",
    "thermometer",
    "oximeter",
    "tracker",
    "tag",
    "ycbt",
    "veepoo",
    "moyoung",
    "pendant",
    "kbeacon",
    "ibeacon",
]


class WornBand(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wears or uses. `wristband`: on the hub's own radio; others on the gateway's.

    `key`, in hexadecimal digits: encrypts what a pendant tells; the identity that a beacon tells its presses by.
    """

    kind: Kind
    address: str
    key: str = ""


class Wearer(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody of the community, by pseudonym; the names in a story are nobody's. `out`: not at home when it begins."""

    id: str
    room: str
    name: Words
    bands: tuple[WornBand, ...]
    out: bool = False


class OnDuty(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who is asked by SMS, by a name of the duty list; the number is nobody's."""

    id: str
    number: str
    name: Words


class Story(Struct, frozen=True, forbid_unknown_fields=True):
    """`begins_s`: the time of day at which it begins, seconds after midnight."""

    title: Words
    begins_s: float
    lasts_s: float
    wearer: tuple[Wearer, ...]
    phone: tuple[OnDuty, ...] = ()
    deed: tuple[AnyDeed, ...] = ()

    def __post_init__(self) -> None:
        if list(self.deed) != sorted(self.deed, key=lambda deed: deed.at_s):
            raise ValueError("the deeds of a story stand in the order of their times")
        strangers = {deed.who for deed in self.deed} - {wearer.id for wearer in self.wearer} - {""}
        if strangers:
            raise ValueError(f"nobody of the story is called {', '.join(sorted(strangers))}")
        answering = {deed.phone for deed in self.deed if isinstance(deed, AnswersSms)}
        if without := answering - {phone.id for phone in self.phone}:
            raise ValueError(f"the story has no phone of {', '.join(sorted(without))}")


def load(name: str) -> Story:
    """The story of this name in `stories/`. Raises msgspec.ValidationError, which names what is wrong and where."""
    return msgspec.toml.decode((FOLDER / f"{name}.toml").read_bytes(), type=Story)

"""What a driver makes of bytes: measurements, refusals with their reason, and what a frame tells besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from msgspec import Struct, field

from drivers.measurement import Measurement
from drivers.orders import Outcome

Reason = Literal["length", "checksum", "not_mine", "implausible", "encrypted", "replayed", "unsupported"]
REASONS: tuple[Reason, ...] = get_args(Reason)


class Refusal(Struct, frozen=True):
    """A frame, or a part of one, that gives no measurement: the reason out of the closed list, and in words with numbers."""

    reason: Reason
    detail: str = ""
    address: str = ""


class Refused(Exception):
    """Raised inside a decoder to refuse the whole frame."""

    def __init__(self, reason: Reason, detail: str, address: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.refusal = Refusal(reason, detail, address)


class Advertisement(Struct, frozen=True):
    """A BLE advertisement as it was heard: AD structures in order, as bytes (Core Specification Supplement, part A).

    `address` is as printed, "C0:FF:EE:00:00:01", or empty where it is not known; `rssi` in dBm. `shown_as`: a hub's own
    words for it, where it has some (`decode` shows them in place of the data). `by`: the adapter that heard it, where one did.
    """

    data: bytes
    address: str = ""
    rssi: int | None = None
    address_type: Literal["public", "random", ""] = ""
    shown_as: Mapping[str, object] | None = None
    by: str = ""


class Decoded(Struct):
    """What a frame gave: measurements, and refusals of parts of it.

    `status` is what it tells besides, under free names: `decode` shows it. The gateway makes readings of `charging` and of
    `battery_low`, and nothing of the rest.
    `counter` is the counter of an encrypted frame that was good, for the watch over replays.

    `released` are the presses (and falls) that a frame of an advertisement says are over, each as it would be told if it
    were new: with the `event` or the `age_s` of the last one, or bare where the key is only not pressed, or never was.
    """

    measurements: list[Measurement] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    status: dict[str, object] = field(default_factory=dict)
    counter: int | None = None
    released: list[Measurement] = field(default_factory=list)


# --- what becomes whole on a serial line ----------------------------------------------------------------------------


class Status(Struct, frozen=True):
    """What a serial device tells besides measurements, under free names: as `Decoded.status`.

    Of a band that a hub speaks of it stands before the measurements of its record.
    """

    fields: Mapping[str, object]
    address: str = ""


class CommandResult(Struct, frozen=True):
    """A hub's answer to a command: the command's id, what came of it, and the code that says so on the line."""

    command: int
    outcome: Outcome
    code: int = 0


class WriteBack(Struct, frozen=True):
    """What a device that calls over TCP must hear for a frame, or it says the same again.

    `address` is the device. `after_stored`: it counts as told then, so it is said when what came before it is on the disk.
    """

    data: bytes
    address: str
    after_stored: bool = False


Item = Measurement | Refusal | Advertisement | Status | CommandResult | WriteBack

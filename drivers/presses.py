"""Makes one event of the many frames that one press of a key is sent in, and refuses replayed frames. Pure.

A press is sent tens of times, for seconds. One press must be one event, the next press two seconds later the next event,
and after a restart of the gateway the old press must not ring again. So the last presses of each device are remembered
in a value that the store keeps, by what they say and by the device's own number of them (`Measurement.event`):

- a press that is not remembered is new;
- a remembered one that comes again within `silence_s` is a repeat, however often (a counter may arrive out of order);
- after `silence_s` without it, it is new, because some firmware never moves its number. Not so in an encrypted frame with
  the same counter: that is the same frame, however late;
- a counter of encryption below the last good one is a replay, save below `restart_below`: then the device has a new
  battery, and all that was remembered is void.

Silence is only what was listened to. Therefore `woken` lets the silence of numbered presses begin anew when the gateway
starts. A press without a number has nothing but time: it is remembered by the time of this boot, and forgotten with it.

Falls go the same way as presses. A device whose number tells more than this (presses missed by the radio, the age of a
click) says so with one more field of Decoded, and its rule with one more of PressPolicy.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from drivers.driver import Decoded, PressPolicy, Refusal
from drivers.measurement import Measurement

REMEMBERED = 16  # presses per device: several keys, several kinds, the last numbers of each
PRESSES = ("button", "fall")


class Press(Struct, frozen=True, omit_defaults=True):
    """When a press was heard last, in monotonic seconds of the boot, and the counter of the encrypted frame it was in."""

    heard_s: float
    counter: int | None = None
    numbered: bool = False


class PressMemory(Struct, frozen=True, omit_defaults=True):
    """What is remembered of one device: of which boot, its last good counter, its last presses (the latest last)."""

    boot: str
    counter: int | None = None
    presses: dict[str, Press] = field(default_factory=dict)


class Sifted(NamedTuple):
    """What is new in a frame, the memory after it, and whether the memory must be on the disk before that goes on.

    Where it need not, keeping it in memory is enough.
    """

    decoded: Decoded
    memory: PressMemory
    store_first: bool


def woken(memory: PressMemory, boot: str, now_s: float) -> PressMemory:
    """A memory from the disk as it counts from now on, after a start of the gateway in this boot."""
    presses = {
        name: replace(press, heard_s=now_s) if press.numbered else press
        for name, press in memory.presses.items()
        if press.numbered or memory.boot == boot
    }
    return PressMemory(boot, memory.counter, presses)


def sift(policy: PressPolicy, memory: PressMemory, decoded: Decoded, at_s: float) -> Sifted:
    """Takes the repeats out of what a frame gave; a replayed one gives nothing but the refusal `replayed`.

    `memory` is of the same device (`PressMemory(boot)` where nothing is known of it), `at_s` is monotonic in its boot.
    """
    renewed = False
    if decoded.counter is not None and memory.counter is not None and decoded.counter < memory.counter:
        if decoded.counter >= policy.restart_below:
            return Sifted(_replayed(decoded.counter, memory.counter), memory, False)
        memory = PressMemory(memory.boot)
        renewed = True  # a counter left too high on the disk would make the device deaf after a restart
    if decoded.counter is not None and decoded.counter != memory.counter:
        memory = replace(memory, counter=decoded.counter)
    if not any(measurement.kind in PRESSES for measurement in decoded.measurements):
        return Sifted(decoded, memory, renewed)
    return _sift_presses(policy, memory, decoded, at_s, renewed)


def _sift_presses(policy: PressPolicy, memory: PressMemory, decoded: Decoded, at_s: float, store_first: bool) -> Sifted:
    presses = dict(memory.presses)
    new = []
    for measurement in decoded.measurements:
        if measurement.kind not in PRESSES:
            new.append(measurement)
            continue
        name = _name(measurement)
        last = presses.pop(name, None)
        presses[name] = Press(at_s, decoded.counter, measurement.event is not None)
        if last is None or _is_new(policy, last, decoded.counter, at_s):
            new.append(measurement)
            store_first = True
        elif _stored_long_ago(policy, last, at_s):
            store_first = True
    while len(presses) > REMEMBERED:
        del presses[next(iter(presses))]
    return Sifted(replace(decoded, measurements=new), replace(memory, presses=presses), store_first)


def _name(press: Measurement) -> str:
    """What a press is remembered by."""
    return f"{press.kind} {press.value} {press.which or ''} {'' if press.event is None else press.event}"


def _is_new(policy: PressPolicy, last: Press, counter: int | None, at_s: float) -> bool:
    if policy.silence_s == 0 or (counter is not None and counter == last.counter):
        return False
    return at_s - last.heard_s >= policy.silence_s


def _stored_long_ago(policy: PressPolicy, last: Press, at_s: float) -> bool:
    """Whether the disk should hear again that a press goes on: some times within the silence that would make it new."""
    step_s = policy.silence_s / 3
    return step_s > 0 and at_s // step_s != last.heard_s // step_s


def _replayed(counter: int, last: int) -> Decoded:
    return Decoded(refusals=[Refusal("replayed", f"counter {counter}, the last good one was {last}")])

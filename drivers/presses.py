"""Makes one event of the many frames that one press of a key is sent in, and refuses replayed frames. Pure.

A press is sent tens of times, for seconds. One press must be one event, the next press two seconds later the next event,
and after a restart of the gateway the old press must not ring again. So of each key (of each kind of press) of a device
the last presses are remembered, in a value that the store keeps. What tells the next one differs:

    told by              the driver gives                             new is                               policy
    number               `event`                                      a number that is not remembered      silence_s=0
    number or silence    `event`                                      the same, or the same after silence  silence_s=30
    age                  `age_s`, no `event`                          one that is younger than it can be   by_age=True
    bit or silence       the press; `released` while the bit is clear  after rest, or after silence         silence_s=30
    silence              the press                                    after silence                        silence_s=30

- Numbers may arrive out of order, as two receivers hear them: the one before last is a repeat for half a minute. Then it is
  new: the device counts anew, with a new battery.
- Silence ends with every frame that carries the press. In an encrypted frame with the same counter it makes nothing new:
  that is the same frame, however late. It is only what was listened to: `restored` lets that of numbered presses begin
  anew when the gateway starts, and time in which the whole gateway stood counts for none (the same number may have lain in
  a queue); a press without a number may as well be another then, and is told. A press that has neither number nor age is
  forgotten with the boot that timed it.
- What a key at rest tells of its last press (number or age) is a press too when it has moved since the last frame: the radio
  missed it, the person did press. Several missed are one. The first frame at rest tells none.
- A counter of encryption below the last good one is a replay, save below `restart_below`: then the device has a new
  battery (or its counter wrapped), and the presses that were remembered are void. But the frames of its earlier life may
  have been recorded, the low ones too. So up to its last counter, the `peak`, the new life may count no faster than a
  device does; and where the device goes on above the peak sooner than it can have counted so far, its old life never
  ended: the low frame was a replay, and from then on none of this device is taken for a new battery. Who was merely out
  of reach when it passed the peak must not be deaf after its next battery.
- Counters may arrive out of order too: a hub tells of a press when the radio, which missed it, has heard the next frame.
  So of those that the last one passed over each may still come, once, for half a minute in which the gateway did not stand.

Falls go the same way as presses.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from drivers.driver import Decoded, PressPolicy, Refusal
from drivers.measurement import Measurement

PRESSES = ("button", "fall")

KEYS = 12  # of a device: each key and each kind of press is one
NUMBERS = 4  # of a key: the latest, and those that may still arrive out of order
PASSED_OVER = 8  # counters
OUT_OF_ORDER_S = 30
CLOCK_ERROR = 0.001  # the device may count its seconds so much too slowly
FRAMES_PER_S = 2  # new ones, not repeats: nobody measures or presses faster for long
DELAY_S = 3  # a frame may be on its way so long


class Press(Struct, frozen=True, omit_defaults=True):
    """A press as it was heard last: when (monotonic seconds of the boot), its number or age, the counter of its frame.

    `stood_s`: of `heard_s` the gateway stood.
    `over`: no press, but a key that was at rest and told no more.
    """

    heard_s: float
    event: int | str | None = None
    age_s: float | None = None
    counter: int | None = None
    over: bool = False
    stood_s: float = 0.0


Presses = tuple[Press, ...]


class PressMemory(Struct, frozen=True, omit_defaults=True):
    """What is remembered of one device: of which boot, its last good counter, the last presses of each key (latest last).

    `counted_s`: when the counter came (monotonic; None: in an earlier boot); `stood_s`: of that the gateway stood. `peak`: the
    last counter of an earlier life, as long as this one is below. `never_renewed`: a low counter was a replay once.
    `passed_over`: the last ones before `counter` that did not come.
    """

    boot: str
    counter: int | None = None
    presses: dict[str, Presses] = field(default_factory=dict)
    counted_s: float | None = None
    peak: int | None = None
    never_renewed: bool = False
    passed_over: tuple[int, ...] = ()
    stood_s: float = 0.0


class Deduplicated(NamedTuple):
    """What is new in a frame, the memory after it, and whether the memory must be on the disk before that goes on.

    Where it need not, keeping it in memory is enough.
    """

    decoded: Decoded
    memory: PressMemory
    store_first: bool


def restored(memory: PressMemory, boot: str, now_s: float) -> PressMemory:
    """A memory from the disk as it counts from now on, after a start of the gateway in this boot."""
    presses = {}
    for key, known in memory.presses.items():
        known_now = [_restored(press, memory.boot == boot, now_s) for press in known]
        presses[key] = tuple(press for press in known_now if press is not None)
    counted_s = memory.counted_s if memory.boot == boot else None
    return replace(memory, boot=boot, presses=presses, counted_s=counted_s, stood_s=0.0)


def _restored(press: Press, same_boot: bool, now_s: float) -> Press | None:
    if press.event is not None:
        return replace(press, heard_s=now_s, stood_s=0.0)
    if press.age_s is not None and not same_boot:
        return replace(press, heard_s=0.0)  # before this boot began: its age has grown by all of it, at least
    return press if same_boot or press.over else None


def deduplicate_presses(
    policy: PressPolicy, memory: PressMemory, decoded: Decoded, at_s: float, stood_s: float = 0.0
) -> Deduplicated:
    """Takes the repeats out of what a frame gave, and puts in the presses that were missed.

    A replayed frame gives nothing but the refusal `replayed`. `memory` is of the same device (`PressMemory(boot)` where
    nothing is known of it), `at_s` is monotonic in its boot; of that the gateway stood for `stood_s` in all since it began, and
    what is read behind a stand may have come in its midst.
    """
    store_first = False
    if decoded.counter is not None and decoded.counter != memory.counter:
        counted = _counted(policy, memory, decoded.counter, at_s, stood_s)
        if counted is None:
            return Deduplicated(_replayed(decoded.counter, memory.counter), memory, False)
        # A counter left too high on the disk would make the device deaf after a restart, one forgotten would let replays in.
        store_first = (counted.peak, counted.never_renewed) != (memory.peak, memory.never_renewed)
        memory = counted
    if not tells_of_presses(decoded):
        return Deduplicated(decoded, memory, store_first)
    return _deduplicate_each(policy, memory, decoded, at_s, stood_s, store_first)


def tells_of_presses(decoded: Decoded) -> bool:
    """Whether there is anything to deduplicate: a press, or what a key at rest says of the last one."""
    return bool(decoded.released) or any(measurement.kind in PRESSES for measurement in decoded.measurements)


# --- one counter ------------------------------------------------------------------------------------------------------


def _counted(policy: PressPolicy, memory: PressMemory, counter: int, at_s: float, stood_s: float) -> PressMemory | None:
    """The memory after another counter than the last; None: it is a replay."""
    last, peak = memory.counter, memory.peak
    heard_s = math.inf if memory.counted_s is None else at_s - memory.counted_s  # or nobody knows
    if counter in memory.passed_over and heard_s - (stood_s - memory.stood_s) <= OUT_OF_ORDER_S:
        return replace(memory, passed_over=tuple(one for one in memory.passed_over if one != counter))
    if last is not None and counter < last:
        if counter >= policy.restart_below or memory.never_renewed:
            return None
        return PressMemory(memory.boot, counter, counted_s=at_s, stood_s=stood_s, peak=max(last, peak or 0))
    if last is None:
        return replace(memory, counter=counter, counted_s=at_s, stood_s=stood_s)
    passed_over = tuple(range(max(last + 1, counter - PASSED_OVER), counter))
    after = replace(memory, counter=counter, counted_s=at_s, stood_s=stood_s, passed_over=passed_over)
    if peak is None:
        return after
    too_fast = counter - last > policy.restart_below + FRAMES_PER_S * heard_s
    if counter > peak:
        return replace(after, peak=None, never_renewed=too_fast, passed_over=() if too_fast else passed_over)
    return None if too_fast else after


def _replayed(counter: int, last: int | None) -> Decoded:
    return Decoded(refusals=[Refusal("replayed", f"counter {counter}, the last good one was {last}")])


# --- one frame --------------------------------------------------------------------------------------------------------


class PressVerdict(NamedTuple):
    """Whether a press is new, what is known of its key now, and whether the disk should know it first."""

    new: bool
    known: Presses
    store_first: bool = False


def _deduplicate_each(
    policy: PressPolicy, memory: PressMemory, decoded: Decoded, at_s: float, stood_s: float, store_first: bool
) -> Deduplicated:
    presses = dict(memory.presses)
    kept = []
    for measurement, judge in [(one, _pressed) for one in decoded.measurements] + [(one, _at_rest) for one in decoded.released]:
        if measurement.kind not in PRESSES:
            kept.append(measurement)
            continue
        key = _key(measurement)
        known = presses.pop(key, ())
        verdict = judge(policy, known, _heard(policy, measurement, decoded.counter, at_s, stood_s))
        presses[key] = verdict.known
        store_first |= verdict.store_first
        if verdict.new:
            kept.append(replace(measurement, late=True) if judge is _at_rest else measurement)
    while len(presses) > KEYS:
        del presses[next(iter(presses))]
    return Deduplicated(replace(decoded, measurements=kept, released=[]), replace(memory, presses=presses), store_first)


def _key(press: Measurement) -> str:
    """What presses are remembered by."""
    return f"{press.kind} {press.value} {press.which or ''}".rstrip()


def _heard(policy: PressPolicy, press: Measurement, counter: int | None, at_s: float, stood_s: float) -> Press:
    age_s = press.age_s if policy.by_age and press.event is None else None
    return Press(at_s, press.event, age_s, counter, stood_s=stood_s)


# --- one press --------------------------------------------------------------------------------------------------------


def _pressed(policy: PressPolicy, known: Presses, press: Press) -> PressVerdict:
    """A frame that carries a press."""
    last = _same(known, press)
    if last is None or _is_another(policy, known, last, press):
        return PressVerdict(True, _with(known, press), store_first=True)
    return PressVerdict(False, _updated(known, last, press), _stored_long_ago(policy, last, press))


def _at_rest(policy: PressPolicy, known: Presses, press: Press) -> PressVerdict:
    """A frame that says that a press is over, or that there was none."""
    if press.event is None and not press.age_s:
        return PressVerdict(False, (replace(press, over=True),), store_first=not known or not known[-1].over)
    last = _same(known, press)
    if last is None or _is_another(policy, known, last, press, released=True):
        return PressVerdict(bool(known), _with(known, press), store_first=True)
    return PressVerdict(False, _updated(known, last, press) if press.age_s else known)


def _same(known: Presses, press: Press) -> Press | None:
    """The remembered press that has the same number, or has none either."""
    return next((one for one in known if one.event == press.event), None)


def _with(known: Presses, press: Press) -> Presses:
    return (*(one for one in known if one.event != press.event), press)[-NUMBERS:]


def _updated(known: Presses, last: Press, press: Press) -> Presses:
    if press.age_s is not None and press.age_s == last.age_s:
        return known
    return tuple(press if one is last else one for one in known)


def _is_another(policy: PressPolicy, known: Presses, last: Press, press: Press, *, released: bool = False) -> bool:
    """Whether a press that looks like the remembered `last` is another all the same."""
    if last.over:
        return True
    if press.age_s is not None:
        return _is_younger(press.age_s, last, press.heard_s)
    if press.counter is not None and press.counter == last.counter:
        return False
    if last is known[-1] and (released or policy.silence_s == 0):
        return False
    stood_s = press.stood_s - last.stood_s if press.event is not None else 0  # without a number it may as well be another
    return press.heard_s - last.heard_s - stood_s >= (policy.silence_s or OUT_OF_ORDER_S)


def _is_younger(age_s: float, last: Press, at_s: float) -> bool:
    """Whether a press of this age is younger than the last one can be by now.

    The very same age says nothing: a scanner that merges frames tells the last one again beside each new one.
    """
    last_age_s = last.age_s or 0
    grown_s = (at_s - last.heard_s) * (1 - CLOCK_ERROR) - DELAY_S
    return age_s != last_age_s and age_s < last_age_s + max(grown_s, 0)


def _stored_long_ago(policy: PressPolicy, last: Press, press: Press) -> bool:
    """Whether the disk should hear again that a press goes on: some times within the silence that would make it new."""
    step_s = policy.silence_s / 3
    return step_s > 0 and press.heard_s // step_s != last.heard_s // step_s

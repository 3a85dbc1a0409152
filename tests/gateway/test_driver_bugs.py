"""A bug in a driver costs its own frame, and is counted under its name; one that does not come back is switched off."""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from drivers.advertisements import bthome
from drivers.driver import (
    Advertisement,
    AdvertisementDriver,
    Answered,
    ClockAhead,
    CommandResult,
    Decoded,
    Learnt,
    Outcome,
    Refusal,
    Refused,
    Report,
    ReportItems,
    Send,
    Status,
    Visit,
    Wait,
    Write,
)
from drivers.measurement import BloodPressure, Measurement, Position
from drivers.soundness import is_sound, is_sound_item, is_sound_want
from gateway import driver_bugs
from gateway.driver_bugs import DriverFailed, DriverFaults, decode, validate_items, validate_output
from tests.own_time import own_s

ANY: Any = Ellipsis


def driver(name: str, gives: object) -> AdvertisementDriver:
    """A guest that gives this, or fails."""

    def decodes(_advertisement: Advertisement, _key: bytes | None) -> Decoded:
        if isinstance(gives, BaseException):
            raise gives
        return gives  # type: ignore[return-value]

    return AdvertisementDriver(name=name, title="", measures=(), decode=decodes)


def measured(**given: Any) -> Measurement:
    whole: dict[str, Any] = {"kind": "heart_rate", "value": 64} | given
    return Measurement(**whole)


def loops() -> None:
    while True:
        pass


def loops_on() -> None:
    while True:
        try:
            while True:
                pass
        except Exception:
            continue


def swallows() -> None:
    for _ in range(3):
        try:
            time.sleep(60)
        except BaseException:
            continue
    time.sleep(60)


@pytest.mark.parametrize(
    "gives",
    [
        ZeroDivisionError(),
        SystemExit("no licence"),
        KeyboardInterrupt(),
        GeneratorExit(),
        StopIteration(),
        asyncio.CancelledError(),
        MemoryError(),
        None,
        [1],
        itertools.count(),
        Decoded(measurements=None),  # type: ignore[arg-type]
        Decoded(measurements=itertools.repeat(measured())),  # type: ignore[arg-type]
        Decoded([measured()] * 10_001),
        Decoded(refusals=None),  # type: ignore[arg-type]
        Decoded(refusals=[None]),  # type: ignore[list-item]
        Decoded(refusals=[Refusal("no reason")]),  # type: ignore[arg-type]
        Decoded(status=None),  # type: ignore[arg-type]
        Decoded(counter=10**400),
        Decoded(counter="7"),  # type: ignore[arg-type]
        Decoded(counter=math.nan),  # type: ignore[arg-type]
        Decoded(released=None),  # type: ignore[arg-type]
        Decoded(released=[None]),  # type: ignore[list-item]
        Decoded(released=[measured(kind=["button"])]),
    ],
    ids=lambda gives: str(gives)[:60].split(" at 0x")[0],
)
@pytest.mark.fault("plug-ins", "a driver that raises on a frame", promise="that frame is refused and counted")
def test_a_driver_that_fails_on_a_frame_refuses_it_and_is_counted(gives: object) -> None:
    faults = DriverFaults()

    for guest in (driver("one", gives), driver("one", gives), driver("two", gives)):
        with pytest.raises(Refused, match="unsupported"):
            decode(guest, Advertisement(b""), None, faults)

    assert faults.counts == {"one": 2, "two": 1}


class WithoutItsReason(Refused):
    def __init__(self) -> None:
        Exception.__init__(self, "it says no more")


@pytest.mark.parametrize("refused", [WithoutItsReason(), Refused("because", "it is so")], ids=repr)  # type: ignore[arg-type]
def test_a_refusal_without_one_of_our_reasons_is_unsupported(refused: Refused) -> None:
    faults = DriverFaults()

    with pytest.raises(Refused) as raised:
        decode(driver("one", refused), Advertisement(b""), None, faults)

    assert raised.value.refusal.reason == "unsupported"
    assert faults.counts == {"one": 1}


def test_a_frame_that_is_refused_is_no_fault_of_a_driver() -> None:
    faults = DriverFaults()

    with pytest.raises(Refused, match="not_mine"):
        decode(bthome.DRIVER, Advertisement(b""), None, faults)

    assert not faults.counts


@pytest.mark.parametrize(
    "nonsense",
    [
        measured(value="fast"),
        measured(value=None),
        measured(value=True),
        measured(value=math.nan),
        measured(value=math.inf),
        measured(value=10**400),
        measured(value=2**64),
        measured(kind="mood"),
        measured(kind=None),
        measured(kind=["heart_rate"]),
        measured(kind="blood_pressure", value=BloodPressure(10**400, 80)),
        measured(kind="blood_pressure", value=(120, 80)),
        measured(kind="position", value=Position(math.nan, 0)),
        measured(kind="fall", value=1),
        measured(kind="button", value=["sos"]),
        measured(age_s=None),
        measured(age_s=math.inf),
        measured(age_s="old"),
        measured(device_time=5),
        measured(device_time="x" * 100_000),
        measured(quality=None),
        measured(quality=[1]),
        measured(quality=itertools.repeat("x")),
        measured(event=object()),
        measured(event=10**400),
        measured(record="7"),
        measured(which=1.5),
        measured(user_id="me"),
        measured(address=None),
        measured(address="../../etc"),
        measured(address="C0:FF:EE:00:00:01\n"),
        None,
        "heart_rate",
    ],
    ids=lambda value: str(value)[:80].split(" at 0x")[0],
)
@pytest.mark.fault("plug-ins", "a driver that gives a value that cannot be", promise="refused and counted")
def test_a_value_that_its_kind_cannot_have_is_refused_and_counted(nonsense: Any) -> None:
    faults, sound = DriverFaults(), measured()

    found = validate_output("one", Decoded([nonsense, sound]), faults)
    items = validate_items("one", [nonsense, sound], faults, "hall-hub")

    assert found.measurements == [sound]
    assert [refusal.reason for refusal in found.refusals] == ["unsupported"]
    assert [getattr(item, "reason", item) for item in items] == ["unsupported", sound]
    assert faults.counts == {"one": 1, "hall-hub": 1}


@pytest.mark.parametrize(
    "items", [None, "items", itertools.repeat(measured()), [measured()] * 10_001], ids=lambda v: str(v)[:20]
)
def test_what_is_no_list_of_items_is_one_refusal(items: Any) -> None:
    assert [type(item) for item in validate_items("one", items, DriverFaults(), "hall-hub")] == [Refusal]


def test_items_and_wants_of_our_own_are_sound_and_those_of_other_types_are_not() -> None:
    assert all(
        map(
            is_sound_item,
            [
                measured(address="C0:FF:EE:00:00:01", record=7),
                Refusal("length"),
                Advertisement(b"\x02\x01\x06", "C0:FF:EE:00:00:01", -60),
                Status({"uptime_s": 1}),
                CommandResult(1, Outcome("done")),
            ],
        )
    )
    assert not any(
        map(
            is_sound_item,
            [Advertisement(None), Advertisement(b"", None), Status(None), CommandResult("1", None), Refusal("x"), 5],  # type: ignore[arg-type]
        )
    )
    assert all(map(is_sound_want, [Wait(1), ClockAhead(-2.5), Report(Decoded()), ReportItems([]), Learnt({}), Send(b"x")]))
    unsound: list[Any] = [
        Wait(ANY),
        Wait(math.nan),
        Wait(10**400),
        ClockAhead(ANY),
        Report(ANY),
        ReportItems(ANY),
        Learnt(ANY),
        Send(ANY),
        Write(ANY, b""),
        Answered(ANY, Outcome("done")),
        Answered(Visit(), ANY),
        Answered(Visit(), Outcome(ANY)),
    ]
    assert not any(map(is_sound_want, unsound))
    assert not is_sound(None)


@pytest.mark.parametrize(
    "blocks", [loops, loops_on, swallows, lambda: time.sleep(60)], ids=["loop", "loop on", "swallow", "sleep"]
)
@pytest.mark.fault("plug-ins", "a plug-in that never comes back", promise="switched off, and named")
def test_a_guest_that_does_not_come_back_is_switched_off_and_named(
    blocks: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_bugs, "DEADLINE_S", 0.4)
    faults, begun_s = DriverFaults(), own_s()

    with capture_logs() as told:
        for _ in range(3):
            with pytest.raises(DriverFailed):
                faults.ask("a-guest", blocks)
    with pytest.raises(Refused, match="unsupported"):
        decode(driver("a-guest", Decoded()), Advertisement(b""), None, faults)

    assert own_s() - begun_s < 5
    assert [(entry["event"], entry["driver"]) for entry in told] == [("driver switched off", "a-guest")]
    assert faults.off.keys() == {"a-guest"}
    assert "test_driver_bugs.py" in faults.off["a-guest"]


def test_the_others_and_ours_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver_bugs, "DEADLINE_S", 0.4)
    faults = DriverFaults()
    with pytest.raises(DriverFailed):
        faults.ask("a-guest", loops)

    assert faults.ask("another", lambda: 5) == 5
    time.sleep(0.3)  # no alarm is left over
    assert faults.ask("bthome", lambda: 7) == 7


def test_a_guest_that_takes_its_time_in_a_library_in_c_is_switched_off_when_it_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(driver_bugs, "DEADLINE_S", 0.2)
    faults = DriverFaults()

    with pytest.raises(DriverFailed):
        faults.ask("a-guest", lambda: sum(range(40_000_000)))

    assert faults.off.keys() == {"a-guest"}


STOPS = """
import os, signal
from gateway import driver_bugs
driver_bugs.DEADLINE_S = 0.2
def call():
    os.kill(os.getpid(), signal.SIGSTOP)
    return 5
print(driver_bugs.DriverFaults().ask("a-guest", call))
"""


@pytest.mark.fault("process", "SIGSTOP in the midst of a call of a plug-in", promise="that is not the plug-in's time")
def test_a_guest_is_not_switched_off_for_the_time_in_which_the_process_is_stopped() -> None:
    with subprocess.Popen((sys.executable, "-c", STOPS), text=True, stdout=subprocess.PIPE) as process:
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        time.sleep(0.5)  # time is what passes here
        process.send_signal(signal.SIGCONT)
        told, _ = process.communicate()

    assert told == "5\n"


def test_a_bug_that_comes_thousands_of_times_is_told_a_few_times_and_counted_each_time() -> None:
    faults = DriverFaults()

    with capture_logs() as told:
        for _ in range(10_000):
            with pytest.raises(DriverFailed):
                faults.ask("a-guest", lambda: 1 // 0)

    assert faults.counts["a-guest"] == 10_000
    assert len(told) == 14

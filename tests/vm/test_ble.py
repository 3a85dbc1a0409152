"""`./dev vm ble`: what it does without its machine: the list of its steps, and what it makes of what the machine left."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from fake_devices.platform import Platform
from tests.vm import hiccups
from tests.vm.ble import do
from tests.vm.ble_figures import left, rows, table
from tests.vm.ble_steps import STEPS, Done, Step, chosen
from tests.vm.guest import Guest
from tests.vm.radio import RadioRoom

ASKED = {  # what one boot is to go through, and a word of the step that does it
    "scan": "lives",
    "press": "20 presses",
    "connect": "connected to",
    "notify": "tells its pulse",
    "indicate": "indicates",
    "bond": "bonded link",
    "reconnect": "drops the link",
    "power": "switched off and on",
    "reset": "resets the adapter",
    "away": "pulled out and put back",
    "renamed": "hci1",
    "restart": "bluetoothd is restarted",
    "kill": "killed with -9",
    "D-Bus": "D-Bus is restarted",
    "other-scan": "another program scans",
}


@pytest.mark.parametrize(("name", "word"), ASKED.items())
def test_each_thing_that_it_is_to_go_through_is_a_step(name: str, word: str) -> None:
    (step,) = (one for one in STEPS if one.name == name)

    assert word in step.what
    assert step.promise


def test_twenty_presses_are_twenty_sos_before_and_one_more_after_all_that() -> None:
    names = [step.name for step in STEPS]

    assert next(step.promise for step in STEPS if step.name == "press") == "20 SOS at the broker"
    assert names[-1] == "end"
    assert len(set(names)) == len(names)


def test_a_step_that_there_is_none_of_is_refused() -> None:
    assert [step.name for step in chosen(["kill", "scan"])] == ["scan", "kill"]
    with pytest.raises(ValueError, match="no such step: kil"):
        chosen(["kil"])


async def test_a_step_that_fails_is_broken_and_says_why() -> None:
    async def fails(_: Guest) -> None:
        raise TimeoutError("nobody came")

    here = Guest(Platform(0))
    here.check("before", kept=False, seen="of another step")

    done = await do(here, Step("one", "what", "a promise", fails))

    assert (done.kept, done.seen) == (False, "a promise: TimeoutError: nobody came")


async def test_a_step_that_keeps_its_promise_is_none_the_worse_for_those_before_it() -> None:
    async def keeps(here: Guest) -> None:
        here.check("it is heard", kept=True, seen="0.3 s")

    here = Guest(Platform(0))
    here.check("before", kept=False, seen="of another step")

    done = await do(here, Step("one", "what", "a promise", keeps))

    assert (done.kept, done.seen) == (True, "it is heard: 0.3 s")


def test_a_step_that_the_machine_did_not_come_to_the_end_of_is_broken(tmp_path: Path) -> None:
    steps = chosen(["scan", "press", "connect"])
    lines = [Done(name="scan", kept=True, seen="1.1 s", took_s=22), Done(name="press", kept=False, seen="19", took_s=90)]
    (tmp_path / "steps").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))

    done = left(tmp_path)

    assert [(row.other, row.said) for row in rows(steps, done)] == [(0, "1.1 s"), (1, "19"), (1, "")]
    assert [line.split()[:2] for line in table(steps, done).splitlines()] == [
        ["scan", "ok"],
        ["press", "BROKEN"],
        ["connect", "-"],
    ]


def test_a_machine_that_did_not_boot_has_kept_nothing(tmp_path: Path) -> None:
    assert all(row.other for row in rows(chosen([]), left(tmp_path)))


async def test_the_room_knows_what_a_hiccup_asks_of_it() -> None:
    async with AsyncExitStack() as stack:
        known = RadioRoom(stack).commands
        asked = [
            deed.split()[1]
            for one in vars(hiccups).values()
            if isinstance(one, hiccups.Hiccup)
            for deed in (one.fault, one.end)
            if deed.startswith("radio ")
        ]

        assert asked
        assert set(asked) <= known.keys()

"""The drivers agree with the vectors that other implementations are held to, when these lie beside the checkout."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

import drivers
from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import encode_current_time, encode_date_time, encode_local_time_information
from drivers.driver import AdvertisementDriver, ConnectionDriver, WatchDriver
from drivers.standard.battery import BATTERY_LEVEL, CURRENT_TIME, DATE_TIME
from drivers.standard.clock import LOCAL_TIME_INFORMATION
from drivers.standard.conversation import ALERT_LEVEL, IMMEDIATE_ALERT
from drivers.standard.record_access import (
    ABORT,
    ALL,
    CONTROL_POINT,
    DELETE,
    FIRST,
    FROM,
    FROM_TO,
    LAST,
    NONE,
    NUMBER,
    REPORT,
    request,
)
from tests.drivers import vectors
from tests.drivers.band import play, play_slice
from tests.drivers.running import decoded, follow
from tests.drivers.vectors import Dialogue, DialogueStep, Frame, Series, Step

FOLDER = Path(__file__).parents[3] / "shared" / "protocols" / "vectors"
NAMES = [driver.name for driver in drivers.DRIVERS if (FOLDER / f"{driver.name}.json").exists()]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no shared vectors beside the checkout")


@cache
def shared(name: str) -> dict[str, Any]:
    """One file of them; the older form is a bare list of frames."""
    found = json.loads((FOLDER / f"{name}.json").read_text())
    return {"frames": found} if isinstance(found, list) else found


def rows(kind: str) -> Iterator[Any]:
    """All rows of a kind, as parameters; a watch's dialogues are in `test_watch_dialogues.py`."""
    for name in NAMES:
        if kind == "dialogues" and isinstance(drivers.driver(name), WatchDriver):
            continue
        for row in shared(name).get(kind, ()):
            yield pytest.param(name, row, id=f"{name}: {row['name']}")


@pytest.mark.parametrize(("name", "row"), [param for param in rows("frames") if "hex" in param.values[1]])
def test_a_shared_frame(name: str, row: dict[str, Any]) -> None:
    driver = drivers.driver(name)
    frame = Frame(
        name=row["name"],
        hex=row["hex"],
        characteristic=row.get("characteristic", ""),
        model=row.get("model", ""),
        key=row.get("key", ""),
        address=row.get("address", ""),
        at=f"{row['today']}T12:00:00" if "today" in row else "",
        refused=[row["reject"]] if "reject" in row else row.get("refusals", []),
    )

    found = decoded(driver, frame)

    assert vectors.same(found.measurements, row.get("expect", [])), found.measurements
    assert found.refused == frame.refused
    assert found.advertisements == row.get("advertisements", [])


@pytest.mark.parametrize(("name", "row"), list(rows("sequences")))
def test_a_shared_sequence(name: str, row: dict[str, Any]) -> None:
    driver = drivers.driver(name)
    steps = [
        Step(
            hex=step["hex"],
            at_s=step.get("at_s", number),
            expect=step.get("expect", []),
            refused=[step["reject"]] if "reject" in step else [],
        )
        for number, step in enumerate(row["steps"])
    ]

    assert isinstance(driver, AdvertisementDriver)
    follow(driver, Series(name=row["name"], step=steps, key=row.get("key", ""), address=row.get("address", "")))


COMMAND_BYTES = {  # of a frame of each maker: so many say what it is for
    "ycbt": 2,
    "veepoo": 1,
    "wearfit": 6,
    "moyoung": 5,
    "colmi-ring": 1,
    "fitpro": 6,
    "lefun": 3,
    "omron-bp": 1,
}
ORDERS = {"text": "show_text", "clock": "set_clock"}
OMRON_KEY = bytes(range(16)).hex()  # "the key that pairing stored"


@pytest.mark.parametrize(("name", "row"), list(rows("dialogues")))
def test_a_shared_dialogue(name: str, row: dict[str, Any]) -> None:
    driver = drivers.driver(name)
    assert isinstance(driver, ConnectionDriver)
    before, steps = dialogue_steps(shared(name)["dialogues"][0]), dialogue_steps(row)
    order, told, when = wish(row)
    begins_before = not any(step.subscribes for step in steps)
    dialogue = Dialogue(
        name=row["name"],
        order=order,
        context=told,
        clock=when or clock(row, steps),
        clock_counts="clock" in row,
        band=band(driver.services[0], [*before, *steps] if begins_before else steps),
        step=steps,
    )

    play_slice(driver, dialogue, before, COMMAND_BYTES.get(name, 1))


def clock(row: dict[str, Any], steps: list[DialogueStep]) -> str:
    """When the conversation begins. The clock of a row is that of the first write, which a driver may have to wait for."""
    told = datetime.fromisoformat(row.get("clock", f"{row.get('today', '2026-11-23')}T12:00:00"))
    waited_s = sum(step.tick_s for step in takewhile(lambda step: not step.writes, steps))
    return (told - timedelta(seconds=waited_s)).isoformat()


def wish(row: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], str | None]:
    """The order, the context, and the clock where it says one, in our words: the driver chooses the type of a text."""
    ask = {**row["ask"], "do": ORDERS.get(row["ask"]["do"], row["ask"]["do"])}
    ask.pop("type", None)
    context = {name: ask.pop(name) for name in ("key", "model", "learnt") if name in ask}
    when = ask.pop("clock", None)
    if "model" in row:
        context = {"key": OMRON_KEY} | context | {"model": row["model"]}
    if ask.get("kind") == "all":
        del ask["kind"]
    if context.get("key") == "09":  # of the tables of ycbt that with the breath
        context, ask["kind"] = {}, "respiratory_rate"
    if "day" in ask:
        ask["since"] = f"{ask['day']}T00:00:00"
        when = f"{ask.pop('day')}T23:59:00Z"
    if "days_ago" in ask or "packet" in ask:
        days, quarter = (ask.pop("days_ago"), 0) if "days_ago" in ask else divmod(ask.pop("packet"), 4)
        midnight = datetime.fromisoformat(row["today"])
        ask["since"] = (midnight - timedelta(days=days) + timedelta(hours=6 * quarter)).isoformat()
    return ask, context, when


def dialogue_steps(row: dict[str, Any]) -> list[DialogueStep]:
    """The steps in our words, without those that are only for people."""
    return [step for step in map(dialogue_step, row["steps"]) if step]


def band(own: str, steps: list[DialogueStep]) -> dict[str, list[str]]:
    """A band with what the steps name, and nothing else."""
    elsewhere = {BATTERY_LEVEL: full_uuid(0x180F), CURRENT_TIME: full_uuid(0x1805), ALERT_LEVEL: IMMEDIATE_ALERT}
    found: dict[str, list[str]] = {}
    for step in steps:
        uses = ((step.subscribes, step.how), (step.reads, "read"), (step.writes, "write"), (step.sends, "notify"))
        for characteristic, use in uses:
            if characteristic:
                found.setdefault(f"{elsewhere.get(characteristic, own)}/{characteristic}", []).append(use)
    return found


def dialogue_step(step: dict[str, Any]) -> DialogueStep | None:
    """The same step in our words; None where it is only for people."""
    common = {"optional": step.get("optional", False), "expect": step.get("expect")}
    if "gateway_subscribes" in step:
        return DialogueStep(subscribes=step["gateway_subscribes"], how=step["how"], **common)
    if "gateway_reads" in step:
        return DialogueStep(reads=step["gateway_reads"], answer=step["answer"], **common)
    if "gateway_writes" in step:
        return DialogueStep(writes=step["characteristic"], data=step["gateway_writes"], **common)
    if "band_sends" in step:
        refused = [step["reject"]] if "reject" in step else []
        return DialogueStep(sends=step["characteristic"], data=step["band_sends"], refused=refused, **common)
    if step.keys() & {"tick_s", "quiet_s", "stored"}:
        return DialogueStep(tick_s=step.get("tick_s", 0), quiet_s=step.get("quiet_s", 0), stored=step.get("stored", False))
    return None


CLOCKS = {CURRENT_TIME: encode_current_time, DATE_TIME: lambda local, _reason: encode_date_time(local)}
ZONES = {"UTC+8, no summer time": (8, 0), "UTC-3:30, summer time +1 h": (-3.5, 1)}
REQUESTS = {
    "number of all records": (NUMBER, ALL),
    "report all": (REPORT, ALL),
    "report the first": (REPORT, FIRST),
    "report the last": (REPORT, LAST),
    "delete all": (DELETE, ALL),
    "abort": (ABORT, NONE),
    "report with sequence number >= 17": (REPORT, FROM, 17),
    "report sequence numbers 5 to 9": (REPORT, FROM_TO, 5, 9),
}
NEVER_WRITTEN = full_uuid(0x2A39)  # the energy is nobody's reading, and others may want it


def write_rows(characteristics: Collection[str]) -> list[dict[str, Any]]:
    found = [row for row in shared("ble-writes")["writes"] if row["characteristic"] in characteristics]
    assert found
    return found


def test_the_shared_clock_writes() -> None:
    for row in write_rows(CLOCKS):
        written = CLOCKS[row["characteristic"]](datetime.fromisoformat(row["local_time"]), row.get("reason", 0))
        assert written.hex() == row["writes"], row["name"]


def test_the_shared_zones() -> None:
    for row in write_rows({LOCAL_TIME_INFORMATION}):
        zone, summer = ZONES[row["name"].removeprefix("Local Time Information, ")]
        assert encode_local_time_information(timedelta(hours=zone), timedelta(hours=summer)).hex() == row["writes"]


def test_the_shared_requests_for_stored_records() -> None:
    for row in write_rows({CONTROL_POINT}):
        name = row["name"].removeprefix("RACP: ").split(" (")[0]
        assert request(*REQUESTS[name]).hex() == row["writes"], row["name"]


def test_every_shared_write_is_one_of_these() -> None:
    known = {*CLOCKS, LOCAL_TIME_INFORMATION, CONTROL_POINT, ALERT_LEVEL, NEVER_WRITTEN}

    assert {row["characteristic"] for row in shared("ble-writes")["writes"]} == known


@pytest.mark.parametrize("row", shared("ble-writes")["responses"] if FOLDER.is_dir() else [], ids=lambda row: row["name"])
def test_a_shared_response(row: dict[str, Any]) -> None:
    frame = Frame(name=row["name"], hex=row["hex"], characteristic=row["characteristic"])

    found = decoded(drivers.driver("ble-pulse-oximeter"), frame)

    assert found.refused == ([row["reject"]] if "reject" in row else [])
    assert found.status == row.get("means", {})


def test_the_shared_alert_levels() -> None:
    driver = drivers.driver("ble-heart-rate")
    levels = [row["writes"] for row in shared("ble-writes")["writes"] if row["characteristic"] == ALERT_LEVEL]

    assert isinstance(driver, ConnectionDriver)
    assert levels == ["00", "01", "02"]
    for level in levels:
        play(
            driver,
            Dialogue(
                name="alert",
                order={"do": "vibrate", "level": int(level)},
                band={f"{IMMEDIATE_ALERT}/{ALERT_LEVEL}": ["write-without-response"]},
                step=[DialogueStep(writes=ALERT_LEVEL, data=level)],
            ),
        )

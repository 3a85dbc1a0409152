"""kill -9 before and after every step of an alert's way: it is delivered, under one id, and a person can close it."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon
from tests.system.dies_at import STEPS

ALL = "LIFERING_KILLS" in os.environ  # `./dev kill`; the tests do a few of what takes long
WHENS = ["before", "after"] if ALL else ["after"]
DEEDS = ["acknowledge", "dispatch", "on_scene", "cancel"] if ALL else ["dispatch"]
STEPS_OF_A_COMMAND = {
    "it comes": "gateway.router:Router.answer",
    "it was looked for": "gateway.store.alerts:AlertStore.answered",
    "it is carried out and stored with its answer": "gateway.alerts.people:People._act",
}
STEPS_OF_A_SETTLEMENT = {
    "it is begun": "gateway.alerts.people:People._settle",
    "what was closed there is closed here": "gateway.alerts.people:People._close",
}
STEPS_OF_A_SELF_TEST = {
    "it is raised": "gateway.alerts.path_tests:PathTests._by_mqtt",
    "it came through": "gateway.alerts.path_tests:PathTests._daily",
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.fault(
    "process",
    "kill -9 before and after each of eight steps of a press",
    promise="delivered under one id, closed by a person",
    figure="kill",
)
async def test_no_step_is_so_deadly_that_an_alert_is_lost_or_told_twice(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], step: str, when: str
) -> None:
    daemon, band = stopped_daemon, roster[0].address
    daemon.dies_at = (step, when)
    await daemon.start()

    hub.presses(band, heart_rate=88)
    await comes_back(daemon, hub)
    alert = await platform.alert(kind="sos")
    await hub.vibrates(band, "short")
    await platform.reply(platform.resolves(alert["id"]))
    closed = await platform.alert("resolved", id=alert["id"])

    sos = [event for event in platform.consumer.events.values() if event["kind"] == "sos"]
    assert {event["id"] for event in sos} == {alert["id"]}
    assert closed["workflow"] == "resolved"
    assert len({reading["id"] for event in sos for reading in event["readings"] if reading["kind"] == "button"}) == 1


@pytest.mark.fault("process", "kill -9 between two calls of one frame", promise="both are told")
async def test_of_two_calls_of_one_frame_none_is_lost_where_death_comes_between_them(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = ("gateway.alerts.desk:Desk.take", "after")
    await daemon.start()

    hub.presses(roster[0].address, fall=True)
    await comes_back(daemon, hub)

    assert await platform.alert(kind="sos")
    assert await platform.alert(kind="fall")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS_OF_A_COMMAND.values(), ids=STEPS_OF_A_COMMAND)
@pytest.mark.fault(
    "process",
    "kill -9 before and after each step of a command",
    promise="carried out once, answered with what happened",
    figure="kill",
)
async def test_no_step_is_so_deadly_that_a_command_is_lost_or_its_answer_is_not_what_happened(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], step: str, when: str
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = (step, when)
    await daemon.start()
    hub.presses(roster[0].address, heart_rate=88)
    alert = await platform.alert(kind="sos")

    command = platform.resolves(alert["id"])
    await comes_back(daemon, hub)
    reply = await platform.reply(command)
    await platform.alert("resolved", id=alert["id"])

    resolved = [event for event in platform.consumer.events.values() if event["event"] == "resolved"]
    assert (reply["status"], reply["result"]) == ("done", {"alert": alert["id"], "workflow": "resolved"})
    assert len(resolved) == 1


@pytest.mark.slow
@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("verb", DEEDS)
@pytest.mark.fault("process", "kill -9 at what a person does about an alert", promise="done once", figure="kill")
async def test_no_deed_of_a_person_is_lost_or_done_twice_where_death_comes_with_it(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], verb: str, when: str
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = ("gateway.alerts.people:People._act", when)
    await daemon.start()
    hub.presses(roster[0].address, heart_rate=88)
    alert = await platform.alert(kind="sos")

    command = platform.commands(verb, alert["id"])
    await comes_back(daemon, hub)
    reply = await platform.reply(command)
    workflow = {"acknowledge": "acknowledged", "dispatch": "dispatched", "on_scene": "on_scene", "cancel": "cancelled"}[verb]
    await platform.alert(workflow, id=alert["id"])

    assert (reply["status"], reply["result"]) == ("done", {"alert": alert["id"], "workflow": workflow})
    assert [event["event"] for event in platform.consumer.events.values()].count(workflow) == 1


@pytest.mark.slow
@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("step", STEPS_OF_A_SETTLEMENT.values(), ids=STEPS_OF_A_SETTLEMENT)
@pytest.mark.fault(
    "process",
    "kill -9 while the gateway settles with the platform",
    promise="what was closed there is closed here",
    figure="kill",
)
async def test_what_was_closed_on_the_platform_is_closed_here_wherever_death_comes(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], step: str, when: str
) -> None:
    daemon = stopped_daemon
    daemon.dies_at = (step, when)
    await daemon.start()
    hub.presses(roster[0].address, heart_rate=88)
    alert = await platform.alert(kind="sos")

    closed = [{"alert": alert["id"], "workflow": "resolved", "actor": "nurse", "at": alert["raised_at"]}]
    command = platform.commands("snapshot", alert["id"], args={"open": ["g-1/1/A99"], "closed": closed})
    await comes_back(daemon, hub)
    reply = await platform.reply(command)
    await platform.alert("resolved", id=alert["id"])

    resolved = [event for event in platform.consumer.events.values() if event["event"] == "resolved"]
    assert (reply["status"], reply["result"]) == ("done", {"closed": ["g-1/1/A99"]})
    assert [event["actor"] for event in resolved] == ["nurse"]


@pytest.mark.slow
@pytest.mark.parametrize("when", WHENS)
@pytest.mark.fault("process", "kill -9 while an alarm is set aside", promise="the shelf stands", figure="kill")
async def test_a_shelf_stands_wherever_death_comes(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], when: str
) -> None:
    daemon, wearer = stopped_daemon, roster[0].wearer
    daemon.dies_at = ("gateway.alerts.people:People._keep_shelves", when)
    await daemon.start()
    hub.presses(roster[1].address, heart_rate=88)
    await platform.alert(kind="sos")  # it hears the platform
    until = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    shelf = {"wearer": wearer, "kinds": ["heart_rate"], "until": until}
    command = platform.commands("shelve", "g-1/1/A1", args=shelf | {"reason": "visit"})
    await comes_back(daemon, hub)
    reply = await platform.reply(command)
    taken_down = await platform.reply(platform.commands("unshelve", "g-1/1/A1", args={"wearer": wearer}))

    assert (reply["status"], reply["result"]) == ("done", shelf)
    assert (taken_down["status"], taken_down["result"]) == ("done", {"wearer": wearer, "kinds": ["heart_rate"]})


@pytest.mark.skipif(not ALL, reason="a minute each: ./dev kill")
@pytest.mark.slow
@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("step", STEPS_OF_A_SELF_TEST.values(), ids=STEPS_OF_A_SELF_TEST)
@pytest.mark.fault(
    "process", "kill -9 in the midst of the daily self test", promise="it is made again, and none stays open", figure="kill"
)
async def test_a_self_test_that_death_broke_off_is_made_again_and_none_stays_open(
    stopped_daemon: Daemon, hub: FakeHub, platform: Platform, step: str, when: str
) -> None:
    daemon = stopped_daemon
    at = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=2)  # a start makes up for what it has just missed
    daemon.config += f'[duty]\nself_test = "{at:%H:%M}"\n'
    daemon.dies_at = (step, when)
    await daemon.start()

    await comes_back(daemon, hub)
    await platform.alert("cleared", kind="technical", detail="self_test")
    await asyncio.sleep(2)

    tests = [event for event in platform.consumer.events.values() if event["detail"] in ("self_test", "self_test_failed")]
    raised, cleared = ({event["id"] for event in tests if event["event"] == name} for name in ("raised", "cleared"))
    assert raised == cleared
    assert {event["detail"] for event in tests} == {"self_test"}
    assert all(event["test"] for event in tests)


async def comes_back(daemon: Daemon, hub: FakeHub, limit_s: float = HANGS_S) -> None:
    """It dies at its step, and is started again; what the hub said meanwhile comes then."""
    await daemon.dies(limit_s)
    hub.line.hold()
    daemon.dies_at = None
    await daemon.start()
    await daemon.has_opened(hub.line.path)
    hub.line.resume()

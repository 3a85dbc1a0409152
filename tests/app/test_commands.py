"""Commands of people to the whole application on a virtual clock: over MQTT and at the control socket."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.app.center import GATEWAY, HUB_BAND, OTHER_BAND, Center, center
from tests.app.test_wiring import asks, plays
from tests.simulation.virtual_time import run


def send(place: Center, verb: str, **args: object) -> str:
    """As the platform sends it; its id."""
    return place.platform.commands(verb, args)


async def replies(place: Center, id_: str, n: int, within_s: float) -> list[tuple[str, object]]:
    """Its first replies, in order."""
    said = place.platform.consumer.replies
    found = await place.comes(lambda: said.get(id_, [])[:n] if len(said.get(id_, [])) >= n else None, within_s)
    assert found
    return [(reply["status"], reply.get("result", reply.get("reason"))) for reply in found]


def test_a_band_behind_the_hub_is_notified_and_the_platform_gets_both_replies(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        id_ = send(place, "notify", wearer="W-001", signal="help_on_the_way")

        assert await replies(place, id_, 2, within_s=5) == [("accepted", None), ("done", {"band": "shown"})]
        assert place.hub.vibrations == {(HUB_BAND, "long"): 1}

    plays(tmp_path, story)


def test_a_band_that_stays_out_of_reach_is_unreachable_within_a_minute(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.out_of_reach.add(OTHER_BAND)

        id_ = send(place, "notify", wearer="W-002", signal="received")

        assert await replies(place, id_, 2, within_s=61) == [("accepted", None), ("failed", "unreachable")]

    plays(tmp_path, story)


def test_what_was_measured_on_command_is_named_and_goes_up(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        id_ = send(place, "measure", wearer="W-001", kind="heart_rate")
        await replies(place, id_, 1, within_s=5)
        await asyncio.sleep(20)
        place.hub.says(HUB_BAND, heart_rate=74)

        _, (status, result) = await replies(place, id_, 2, within_s=5)

        assert status == "done"
        await place.comes(lambda: len(place.platform.consumer) == 1)
        assert result == {"readings": [reading["id"] for reading in place.platform.consumer.readings()]}

    plays(tmp_path, story)


@pytest.mark.fault("people and commands", "stopped while a band is asked", promise="`failed` when it is back")
def test_a_gateway_that_is_stopped_between_the_two_replies_says_failed_when_it_is_back(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            async with place.runs():
                id_ = send(place, "measure", wearer="W-001", kind="heart_rate")
                await replies(place, id_, 1, within_s=5)
            async with place.runs():
                assert (await replies(place, id_, 2, within_s=10))[1] == ("failed", "failed")

    run(whole())


def test_a_test_alert_goes_through_the_whole_chain_and_each_step_is_told(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        lines = [line async for line in asks(place, "test-alert")]

        assert [line.get("step") for line in lines] == ["raised", "sent", "received", None]
        assert "error" not in lines[-1]
        test = await place.alert(kind="technical", detail="test")
        assert test["test"] is True
        await place.alert("cleared", kind="technical", detail="test")

    plays(tmp_path, story)


def test_a_test_alert_that_nobody_receives_says_so(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        lines = [line async for line in asks(place, "test-alert", {"path": "sms", "wait_s": 5})]

        assert lines == [{"done": True, "error": "no such path"}]

    plays(tmp_path, story)


def test_the_daily_self_test_comes_at_its_local_time(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await asyncio.sleep(200)

        await place.alert(kind="technical", detail="self_test", test=True)
        assert place.events(detail="self_test_failed") == []

    def in_two_minutes(place: Center) -> None:
        at = datetime.fromtimestamp(place.clock.wall_ms() / 1000 + 120, ZoneInfo("Asia/Shanghai"))
        place.tables = f'[duty]\nself_test = "{at:%H:%M}"\n'

    plays(tmp_path, story, in_two_minutes)


def test_at_the_control_socket_what_takes_longer_has_two_lines_and_the_snapshot_goes_up(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        lines = [line async for line in asks(place, "notify", {"wearer": "W-001", "signal": "received"})]
        before = len(place.platform.consumer.snapshots)
        (settled,) = [line async for line in asks(place, "snapshot")]

        assert [line["status"] for line in lines] == ["accepted", "done"]
        assert lines[-1]["result"] == {"band": "shown"}
        assert settled["result"] == {"closed": []}
        await place.comes(lambda: len(place.platform.consumer.snapshots) > before)

    plays(tmp_path, story)


def test_the_platform_settles_what_is_open(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.presses(HUB_BAND)
        place.hub.presses(OTHER_BAND)
        first, second = [(await place.alert(kind="sos", wearer=wearer))["id"] for wearer in ("W-001", "W-002")]
        closed = [{"alert": first, "workflow": "cancelled", "actor": "dispatcher-7", "at": None}]

        id_ = send(place, "snapshot", open=[f"{GATEWAY}/1/A99"], closed=closed)

        assert await replies(place, id_, 1, within_s=5) == [("done", {"closed": [f"{GATEWAY}/1/A99"]})]
        assert (await place.alert("cancelled", id=first))["actor"] == "dispatcher-7"
        await place.alert("updated", id=second)

    plays(tmp_path, story)

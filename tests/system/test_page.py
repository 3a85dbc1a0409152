"""The local page and the metrics of a running daemon, asked by a plain HTTP client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fake_devices.free_port import free_port
from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.browser import HttpClient, Stream
from tests.daemon import CHECKOUT, PYTHON, Band, Daemon

PIN = "482915"
BACKLOG = 120  # fewer than wait in the kernel: what it drops there is hung up when the client finds out


@pytest.fixture
async def page(stopped_daemon: Daemon, platform: Platform, tmp_path: Path) -> HttpClient:
    """The page of a daemon that runs, with a PIN."""
    (tmp_path / "page-pin").touch(0o600)
    (tmp_path / "page-pin").write_text(f"{PIN}\n")
    port = free_port()
    stopped_daemon.config += f'[page]\nlisten = "127.0.0.1:{port}"\npin_file = "page-pin"\n'
    await stopped_daemon.start()
    client = HttpClient(port)
    await client.listens()
    return client


@pytest.fixture
async def opened(page: HttpClient) -> HttpClient:
    """The same, by somebody who has given the PIN."""
    assert (await page.logs_in(PIN)).status == 303
    return page


async def stream(client: HttpClient, language: str = "en") -> Stream:
    return Stream(*await client.asks("GET", f"/events?language={language}", {}))


async def view(client: HttpClient, is_so: Callable[[Any], object]) -> Any:
    """The first one of which this holds."""
    async with await stream(client) as events:
        while not is_so(view := await events.view()):
            pass
    return view


# --- the metrics ------------------------------------------------------------------------------------------------------


async def test_prometheus_reads_the_running_gateway(
    stopped_daemon: Daemon, platform: Platform, hub: FakeHub, roster: list[Band]
) -> None:
    port = free_port()
    stopped_daemon.config += f'[metrics]\nlisten = "127.0.0.1:{port}"\n'
    await stopped_daemon.start()
    client = HttpClient(port)
    await client.listens()
    hub.presses(roster[0].address)
    await platform.alert(kind="sos")

    answer = await client.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'lifering_open_alerts{priority="critical"} 1\n' in answer.text
    assert f"lifering_wristbands_known {len(roster)}\n" in answer.text
    assert (await client.get("/")).status == 404


async def test_metrics_come_and_go_with_a_reload(stopped_daemon: Daemon, platform: Platform) -> None:
    await stopped_daemon.start()
    before, client = stopped_daemon.config, HttpClient(free_port())

    stopped_daemon.config = before + f'[metrics]\nlisten = "127.0.0.1:{client.port}"\n'
    stopped_daemon.reload()
    await client.listens()
    stopped_daemon.config = before
    stopped_daemon.reload()
    await stopped_daemon.logs("configuration read again", times=2)

    with pytest.raises(ConnectionRefusedError):
        await _refused(client)


async def _refused(client: HttpClient) -> None:
    while True:
        await client.get("/metrics")


# --- the way in -------------------------------------------------------------------------------------------------------


async def test_no_line_of_the_log_holds_a_pin(page: HttpClient, stopped_daemon: Daemon) -> None:
    await page.logs_in("735512")
    await page.logs_in(PIN)

    said = stopped_daemon.log_file.read_text()

    assert (PIN in said, "735512" in said, "wrong PIN" in said) == (False, False, True)


# --- what is seen -----------------------------------------------------------------------------------------------------


async def test_a_call_is_on_the_page_with_its_steps_and_goes_on_by_itself(
    opened: HttpClient, platform: Platform, hub: FakeHub, roster: list[Band]
) -> None:
    async with await stream(opened) as events:
        assert (await events.view())["alerts"] == []
        hub.presses(roster[0].address)
        alert = await platform.alert(kind="sos")
        while not (seen := (await events.view())["alerts"]) or not seen[0]["steps"][1]["done"]:
            pass
        platform.acknowledges(str(alert["id"]))
        while not (seen := (await events.view())["alerts"]) or not seen[0]["answered"]:
            pass

    (one,) = seen
    assert (one["id"], one["priority"], one["where"]) == (alert["id"], "critical", f"Room {roster[0].room}")
    assert one["comes"] == "dispatcher-1 knows of it; nobody goes yet"


async def test_a_page_without_a_pin_tells_nothing_of_people(
    stopped_daemon: Daemon, platform: Platform, hub: FakeHub, roster: list[Band]
) -> None:
    client = HttpClient(free_port())
    stopped_daemon.config += f'[page]\nlisten = "127.0.0.1:{client.port}"\n'
    await stopped_daemon.start()
    await client.listens()
    hub.presses(roster[0].address)
    await platform.alert(kind="sos")

    seen = await view(client, lambda view: view["tiles"][0]["value"] == "1")

    assert (seen["guest"], seen["alerts"], seen["bands"]) == (True, [], [])
    assert roster[0].wearer not in str(seen)
    assert (await client.get(f"/day?address={roster[0].address}&kind=heart_rate")).status == 403


async def test_the_day_of_who_is_erased_is_gone_from_the_page(
    opened: HttpClient, stopped_daemon: Daemon, hub: FakeHub, roster: list[Band]
) -> None:
    day = f"/day?address={roster[0].address}&kind=heart_rate"
    hub.says(roster[0].address, heart_rate=71)
    await view(opened, lambda view: "71" in str(view["bands"]))
    assert (await opened.get(day)).json

    erased = await asyncio.create_subprocess_exec(
        *(PYTHON, "-m", "gateway", "erase", roster[0].wearer, "--yes", "--config", str(stopped_daemon.config_file)),
        cwd=CHECKOUT,
    )

    assert await erased.wait() == 0
    assert (await opened.get(day)).json == []


async def test_the_day_is_still_there_after_a_restart(
    opened: HttpClient, stopped_daemon: Daemon, platform: Platform, hub: FakeHub, roster: list[Band]
) -> None:
    day = f"/day?address={roster[0].address}&kind=heart_rate"
    hub.says(roster[0].address, heart_rate=71, age_s=600)
    hub.says(roster[0].address, heart_rate=75, age_s=0)  # the last one alone is known after a restart by itself
    await platform.wait_for(lambda: len(platform.consumer) == 2)
    await stopped_daemon.kill()
    await stopped_daemon.start()
    await opened.listens()
    await opened.logs_in(PIN)

    async with asyncio.timeout(HANGS_S):
        while len((columns := (await opened.get(day)).json or [[]])[0]) < 2:
            pass

    assert columns[1] == [71, 75]


# --- what is done from here ---------------------------------------------------------------------------------------------


async def csrf_of(opened: HttpClient) -> dict[str, str]:
    """The token that each form of this session brings along."""
    found = re.search(r'name="csrf" value="([^"]+)"', (await opened.get("/")).text)
    assert found
    return {"csrf": found[1]}


async def test_a_band_that_is_enrolled_on_the_page_is_heard_and_stands_where_the_others_do(
    opened: HttpClient, stopped_daemon: Daemon, platform: Platform, hub: FakeHub
) -> None:
    form = {"address": "c0ffee000909", "driver": "serial-hub", "wearer": "W-909", "room": "9-09"}

    answer = await opened.post("/enrol", form | await csrf_of(opened))
    hub.presses("C0:FF:EE:00:09:09")

    assert (answer.status, (await platform.alert(kind="sos"))["wearer"]) == (200, "W-909")
    assert 'address = "C0:FF:EE:00:09:09"' in stopped_daemon.config_file.read_text()


async def test_what_the_roster_would_not_accept_is_told_and_written_nowhere(
    opened: HttpClient, stopped_daemon: Daemon, platform: Platform
) -> None:
    before = stopped_daemon.config_file.read_text()
    form = {"address": "c0ffee000909", "driver": "no-such", "wearer": "W-909"}

    answer = await opened.post("/enrol", form | await csrf_of(opened))

    assert (answer.status, answer.text.startswith('driver: there is no driver "no-such"')) == (400, True), answer.text
    assert stopped_daemon.config_file.read_text() == before


async def test_a_drill_for_nobody_is_declined_by_the_desk_itself(opened: HttpClient) -> None:
    """What a drill does is in tests/gateway/alerts/test_drills.py: it needs a clock that is synchronised."""
    answer = await opened.post("/drill", {"wearer": "W-404", "minutes": "15"} | await csrf_of(opened))

    assert (answer.status, answer.text) == (400, "There is no such wearer.")


# --- those who harm ---------------------------------------------------------------------------------------------------


async def test_slow_connections_are_hung_up_and_an_alert_goes_through_meanwhile(
    page: HttpClient, platform: Platform, hub: FakeHub, roster: list[Band]
) -> None:
    slow = [await asyncio.open_connection("127.0.0.1", page.port) for _ in range(BACKLOG)]
    for _, writer in slow:
        writer.write(b"GET / HTTP/1.1\r\nHost: 127")

    hub.presses(roster[0].address)
    await platform.alert(kind="sos")
    async with asyncio.timeout(HANGS_S):
        ends = await asyncio.gather(*(reader.read() for reader, _ in slow), return_exceptions=True)

    for _, writer in slow:
        writer.close()
    assert len(ends) == len(slow)
    assert (await page.get("/")).status == 200


async def test_who_has_no_page_does_not_pay_for_it(stopped_daemon: Daemon, platform: Platform) -> None:
    """What serves it takes some MB, and is brought in with the first `listen`."""
    await stopped_daemon.start()

    mapped = Path(f"/proc/{stopped_daemon.pid}/maps").read_text()  # noqa: ASYNC240 (the kernel keeps nobody waiting)

    assert not {one for one in ("aiohttp", "multidict", "yarl", "frozenlist") if f"/{one}/" in mapped}

"""The second path from the key to a person and back: a real daemon, a modem at a pseudo-terminal, a network that is a hole."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices.modem import FakeModem
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import PYTHON, Band, Daemon
from tests.mosquitto import Mosquitto
from tests.own_time import held_up_s, own_s
from tests.until import until

WANG, LI = "+8613800000001", "+8613800000002"
DUTY = f"name,phone\nwang,{WANG}\nli,{LI}\n"
LATE = 2.0  # the modem writes, the network takes its time


@pytest.fixture
async def modem(tmp_path: Path) -> AsyncIterator[FakeModem]:
    """A modem, plugged in."""
    async with FakeModem(tmp_path / "modem") as modem:
        yield modem


@pytest.fixture
async def daemon(stopped_daemon: Daemon, platform: Platform, modem: FakeModem, tmp_path: Path) -> Daemon:
    """Not yet started, with a modem and two people on duty."""
    (tmp_path / "duty.csv").write_text(DUTY)
    stopped_daemon.config += '[duty]\nphones_file = "duty.csv"\nreceipt_s = 10\nperson_s = 600\nagain_s = 1800\n'
    stopped_daemon.config += f'[modem]\nport = "{tmp_path / "modem"}"\n'
    return stopped_daemon


async def ready(daemon: Daemon, modem: FakeModem) -> None:
    """The modem is set up, too."""
    await daemon.start()
    await until(lambda: "AT+CNMI" in "".join(modem.brain.commands))
    await asyncio.sleep(1)


def own_s_of(daemon: Daemon) -> float:
    """A clock that stands still while others have the processor, and the daemon or the modem here waits for it."""
    return own_s() - held_up_s(daemon.pid)


def told(modem: FakeModem) -> list[tuple[str, str]]:
    """To whom and what, so far."""
    return [(sms.number, sms.text) for sms in modem.left]


@pytest.mark.parametrize("receipt_s", [10, 30] if "LIFERING_KILLS" in os.environ else [30])
@pytest.mark.fault(
    "network", "packets are swallowed while TCP is up", promise="the SMS leaves in time, its reply counts", figure="kill"
)
async def test_in_a_black_hole_the_sms_leaves_in_time_the_reply_counts_and_the_platform_learns_of_it_when_the_link_is_back(
    daemon: Daemon,
    hub: FakeHub,
    platform: Platform,
    modem: FakeModem,
    roster: list[Band],
    broker: Mosquitto,
    receipt_s: int,
) -> None:
    daemon.config = daemon.config.replace("receipt_s = 10\n", f"receipt_s = {receipt_s}\n")
    await ready(daemon, modem)
    broker.freeze()
    pressed_s, pressed_own_s = time.monotonic(), own_s_of(daemon)
    hub.presses(roster[0].address)

    await until(lambda: modem.left)
    assert receipt_s <= time.monotonic() - pressed_s
    assert own_s_of(daemon) - pressed_own_s <= receipt_s + LATE
    ((number, text),) = told(modem)
    assert number == WANG
    assert text.startswith(f"lifering: URGENT room {roster[0].room} {roster[0].wearer} SOS ")
    assert text.endswith(". Reply 1=going 2=cannot #A1")
    modem.phone_sends(WANG, "1")
    await until(lambda: len(modem.left) == 2)
    assert "noted, you go to" in told(modem)[1][1]
    await hub.vibrates(roster[0].address, "long")
    broker.thaw()
    dispatched = await platform.alert("dispatched")
    assert (dispatched["actor"], dispatched["workflow"]) == ("sms:wang", "dispatched")
    assert [one["phone"] for one in dispatched["second_path"]] == ["wang"]
    assert (await platform.alert("acknowledged"))["actor"] == "sms:wang"
    log = daemon.log_file.read_text()
    assert not [word for word in ("13800000001", "wang") if word in log]  # neither numbers nor names in a log


@pytest.mark.fault("people and commands", "the duty list changes while people are asked", promise="it holds at once")
async def test_a_reloaded_duty_list_holds_at_once(
    daemon: Daemon, hub: FakeHub, modem: FakeModem, roster: list[Band], broker: Mosquitto, tmp_path: Path
) -> None:
    await ready(daemon, modem)
    (tmp_path / "duty.csv").write_text(f"name,phone\nli,{LI}\n")
    daemon.reload()
    await daemon.logs("configuration read again")
    broker.freeze()
    hub.presses(roster[0].address)
    await until(lambda: modem.left)

    assert [number for number, _ in told(modem)] == [LI]
    broker.thaw()


@pytest.mark.fault(
    "people and commands", "two hundred presses at once", promise="the first phone gets a few messages, not two hundred"
)
async def test_two_hundred_presses_at_once_reach_the_first_phone_in_a_few_messages(
    daemon: Daemon, hub: FakeHub, modem: FakeModem, broker: Mosquitto, platform: Platform
) -> None:
    more = [Band(f"C0:FF:EE:00:01:{n:02X}", f"V-{n:03}", f"2-{n:03}") for n in range(200)]
    for band in more:
        daemon.config += f'[[wristband]]\naddress = "{band.address}"\ndriver = "serial-hub"\n'
        daemon.config += f'wearer = "{band.wearer}"\nroom = "{band.room}"\n'
    await ready(daemon, modem)
    broker.freeze()
    pressed_s = own_s_of(daemon)
    for band in more:
        hub.presses(band.address)
    await until(lambda: modem.left)
    assert own_s_of(daemon) - pressed_s <= 15
    await until(lambda: any("#A200" in text for number, text in told(modem) if number == WANG))

    messages = [text for number, text in told(modem) if number == WANG]
    assert len(messages) <= 5
    assert len([part for part in modem.parts if part.number == WANG]) <= 10
    broker.thaw()


async def test_the_light_burns_while_an_alert_is_open(
    daemon: Daemon, hub: FakeHub, roster: list[Band], platform: Platform, tmp_path: Path
) -> None:
    light = tmp_path / "light"
    daemon.config = daemon.config.replace("[duty]\n", f'[duty]\non_alert = ["sh", "-c", "cat >> {light}"]\n')
    await daemon.start()
    hub.presses(roster[0].address)
    alert = await platform.alert("raised")
    await until(light.exists)
    platform.resolves(alert["id"])
    await until(lambda: light.read_text().count("\n") == 2)

    told = [json.loads(line) for line in light.read_text().splitlines()]
    assert [(one["kind"], one["event"], one["id"]) for one in told] == [
        ("sos", "raised", alert["id"]),
        ("sos", "resolved", alert["id"]),
    ]


async def test_status_and_heartbeat_tell_of_the_modem(
    daemon: Daemon, modem: FakeModem, platform: Platform, tmp_path: Path
) -> None:
    await ready(daemon, modem)
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, "-m", "gateway", "status", "--json", "--config", str(daemon.config_file)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()

    link = json.loads(out)["links"]["modem"]
    assert link["state"] == "ready"
    assert 0 <= link["signal"] <= 31


STEPS = {
    "the message is composed": "gateway.channels.sms.outgoing:SmsQueue._question",
    "the modem gets it": "gateway.channels.sms.modem:Modem.send",
    "its result is known": "gateway.channels.sms.outgoing:SmsQueue.settled",
    "its result is on the disk": "gateway.channels.sms.second_path:SecondPath._settle",
    "an answer comes": "gateway.channels.sms.answering:Answering.take",
    "the person goes": "gateway.alerts.people:People.do",
}
# The modem may have sent it, and the disk does not know: what nobody knows goes again, with the same number.
UNKNOWN = {
    ("the modem gets it", "after"),
    ("its result is known", "before"),
    ("its result is known", "after"),
    ("its result is on the disk", "before"),
}
KILLS = [(step, when) for step in STEPS for when in ("before", "after")]
if "LIFERING_KILLS" not in os.environ:  # `./dev kill` tries them all
    KILLS = [("the modem gets it", "before"), ("its result is known", "after"), ("the person goes", "after")]


@pytest.mark.slow
@pytest.mark.parametrize(("step", "when"), KILLS)
@pytest.mark.fault(
    "process",
    "kill -9 at each step of an SMS",
    promise="somebody is asked, once more only where the disk had no word of the modem",
    figure="kill",
)
async def test_no_step_is_so_deadly_that_nobody_is_asked_or_somebody_twice(
    daemon: Daemon,
    hub: FakeHub,
    modem: FakeModem,
    roster: list[Band],
    broker: Mosquitto,
    platform: Platform,
    step: str,
    when: str,
) -> None:
    await ready(daemon, modem)
    await daemon.stop()
    daemon.dies_at = (STEPS[step], when)
    await daemon.start()
    broker.freeze()
    hub.presses(roster[0].address)
    if step.startswith(("an answer", "the person")):
        await daemon.logs("sms")  # it knows that the question was sent: else it goes again
        modem.phone_sends(WANG, "1")
    await daemon.dies()
    hub.line.hold()
    daemon.dies_at = None
    broker.thaw()
    await daemon.start()
    broker.freeze()
    hub.line.resume()
    await until(lambda: modem.left)
    if not step.startswith(("an answer", "the person")):
        modem.phone_sends(WANG, "1")
    await until(lambda: any("noted" in text for _, text in told(modem)))
    await asyncio.sleep(2)
    questions = [number for number, text in told(modem) if "URGENT" in text]
    confirmed = [text for _, text in told(modem) if "noted" in text]
    broker.thaw()

    assert questions.count(WANG) == 1 + ((step, when) in UNKNOWN)
    assert len(confirmed) == 1
    assert await platform.alert("dispatched")


async def test_a_test_of_each_path_is_told_step_by_step(
    daemon: Daemon, modem: FakeModem, platform: Platform, tmp_path: Path
) -> None:
    daemon.config = daemon.config.replace("[duty]\n", f'[duty]\non_alert = ["sh", "-c", "cat >> {tmp_path}/light"]\n')
    await ready(daemon, modem)
    for path, steps in (("sms", ["sms sent", "sms delivered"]), ("local", ["begun", "ended"])):
        process = await asyncio.create_subprocess_exec(
            *(PYTHON, "-m", "gateway", "test-alert", "--path", path, "--json", "--config", str(daemon.config_file)),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()

        assert process.returncode == 0
        assert [json.loads(line)["step"] for line in out.splitlines()] == steps
    assert [number for number, _ in told(modem)] == [WANG]
    assert "TEST" in told(modem)[0][1]
    assert json.loads((tmp_path / "light").read_text())["test"] is True

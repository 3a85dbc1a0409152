"""The modem at a real pseudo-terminal: what is to go out goes out, what comes in is handed over, whatever the modem does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from fake_devices.modem import FakeModem
from fake_devices.patience import HANGS_S
from fake_devices.pseudo_terminal import PseudoTerminal
from gateway.channels.sms.modem import LONGEST_SEND_S, Modem
from gateway.channels.sms.pin_file import PinFile
from gateway.channels.sms.sms import IncomingSms, SmsPath, SmsResult
from tests.gateway.channels.sms.quick import FAST, Taken, modem_at, quick_habits
from tests.gateway.sources.recorder import eventually, running
from tests.gateway.standing import LoopClock, Stands

PHONE = "+8613800138000"
MINUTES_S = 600.0
ALERT = "【救命环】紧急 3-201室 W-017 求助 14:03。回1=我去 2=不能去 #A41"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "modem"


@pytest.fixture
async def fake(path: Path) -> AsyncIterator[FakeModem]:
    async with FakeModem(path, quick_habits()) as fake:
        yield fake


async def ready(modem: Modem) -> None:
    await eventually(lambda: modem.state == "ready")


async def test_an_alert_leaves_as_it_was_written_and_its_delivery_is_reported(fake: FakeModem, path: Path) -> None:
    modem, taken = modem_at(path), Taken()
    modem.deliver_to(taken)

    async with running(modem.run()):
        result = await modem.send(PHONE, ALERT)
        await eventually(lambda: taken.reports != [])

    path_as_duty_sees_it: SmsPath = modem
    assert path_as_duty_sees_it.tried.is_set()
    assert (result.outcome, result.references, result.duplicate_possible) == ("sent", (0,), False)
    assert [(sms.number, sms.text) for sms in fake.left] == [(PHONE, ALERT)]
    assert fake.parts[0].validity == 0x0B
    assert [(report.reference, report.recipient, report.outcome) for report in taken.reports] == [(0, PHONE, "delivered")]


async def test_a_reply_is_handed_over_and_then_deleted(fake: FakeModem, path: Path) -> None:
    modem, taken = modem_at(path), Taken()
    taken.free.clear()
    modem.deliver_to(taken)

    async with running(modem.run()):
        await ready(modem)
        fake.phone_sends(PHONE, "1 A41")
        await eventually(lambda: len(taken.messages) == 1)
        await modem.send(PHONE, ALERT)  # what was to be deleted would be by then
        in_the_store_while_it_is_taken = len(fake.brain.store)
        taken.free.set()
        await eventually(lambda: not fake.brain.store)

    assert [(message.sender, message.text, message.whole) for message in taken.messages] == [(PHONE, "1 A41", True)]
    assert in_the_store_while_it_is_taken == 1


@pytest.mark.fault("process", "it stands for minutes before each answer of the modem", promise="one SMS, known to be sent")
async def test_what_the_modem_said_while_we_stood_still_counts(
    fake: FakeModem, path: Path, stands: Stands, monkeypatch: pytest.MonkeyPatch
) -> None:
    modem, says = modem_at(path, clock=LoopClock(), longest_send_s=LONGEST_SEND_S), fake.line.write

    def says_and_we_stand(piece: bytes) -> None:
        says(piece)
        fake.line.unread()  # by then the kernel has handed it over
        stands(MINUTES_S if piece else 0)

    async with running(modem.run()):
        await ready(modem)
        with monkeypatch.context() as standing:
            standing.setattr(fake.line, "write", says_and_we_stand)
            result = await modem.send(PHONE, ALERT)

    assert (result.outcome, result.duplicate_possible) == ("sent", False)
    assert [sms.text for sms in fake.left] == [ALERT]


# --- the port comes and goes ---


async def test_a_modem_that_comes_back_under_another_name_is_found_again(fake: FakeModem, path: Path, tmp_path: Path) -> None:
    there = [path]

    modem, taken = modem_at("1a86:7523", find_ports=lambda _: [str(there[0])]), Taken()
    modem.deliver_to(taken)

    async with running(modem.run()):
        await ready(modem)
        fake.vanishes()
        await eventually(lambda: modem.state == "lost")
        there[0] = tmp_path / "another"
        fake.comes_back(there[0])
        result = await still_sends(modem)

    assert result.outcome == "sent"
    assert [sms.text for sms in fake.left] == [ALERT]


async def still_sends(modem: Modem) -> SmsResult:
    """As the duty does it: what is a fault waits for a change."""
    while True:
        seen = modem.changes.number
        result = await modem.send(PHONE, ALERT)
        if result.outcome != "fault":
            return result
        await modem.changes.wait_beyond(seen)


async def test_a_message_that_was_on_its_way_when_the_port_vanished_goes_again_and_says_that_it_may_be_there_twice(
    fake: FakeModem, path: Path
) -> None:
    fake.habits.accepts_s = 60
    modem = modem_at(path)

    async with running(modem.run()):
        await ready(modem)
        sending = asyncio.ensure_future(modem.send(PHONE, ALERT))
        await eventually(lambda: modem._job and modem._job.on_the_way)
        fake.vanishes()
        fake.habits.accepts_s = 0.01
        await eventually(lambda: modem.state == "lost")
        fake.comes_back()
        result = await sending

    assert (result.outcome, result.duplicate_possible) == ("sent", True)


async def test_a_stick_that_leaves_the_bus_when_it_is_reset_sends_all_the_same(fake: FakeModem, path: Path) -> None:
    fake.habits.unplugged_by_reset = True
    fake.habits.hangs_after_pdu = 1
    modem = modem_at(path)

    async with running(modem.run()):
        await ready(modem)
        result = await modem.send(PHONE, ALERT)

    assert (result.outcome, result.duplicate_possible) == ("sent", True)
    assert [sms.text for sms in fake.left] == [ALERT]
    assert fake.brain.resets == 1


async def test_of_the_ports_of_a_stick_the_one_that_answers_is_taken(fake: FakeModem, path: Path, tmp_path: Path) -> None:
    said_to_it: list[bytes] = []
    diagnostic = PseudoTerminal(tmp_path / "diagnostic", said_to_it.append)
    diagnostic.plug_in()
    modem = modem_at("2c7c:0125", find_ports=lambda _: [str(diagnostic.path), str(path)])

    async with running(modem.run()):
        result = await still_sends(modem)
    diagnostic.pull_out()

    assert result.outcome == "sent"
    assert b"AT\r" in b"".join(said_to_it)
    assert b"CFUN=1,1" not in b"".join(said_to_it)


async def test_noise_on_the_line_is_survived(fake: FakeModem, path: Path) -> None:
    modem, chance = modem_at(path), random.Random("noise")

    async with running(modem.run()):
        await ready(modem)
        for _ in range(50):
            fake.line.write(chance.randbytes(2000))
            await asyncio.sleep(0.005)
        await fake.line.sent()
        result = await still_sends(modem)

    assert result.outcome == "sent"
    assert [sms.text for sms in fake.left][-1:] == [ALERT]


async def test_no_port_is_a_fault_after_a_while_and_no_more_when_it_is_there(path: Path) -> None:
    modem = modem_at(path)

    async with running(modem.run()):
        await modem.tried.wait()
        at_once = (modem.state, modem.why, modem.faults)
        await eventually(lambda: modem.faults == ["modem_lost"])
        async with FakeModem(path, quick_habits()):
            await eventually(lambda: modem.state == "ready")
            in_the_end = modem.faults

    assert at_once == ("lost", "absent", [])
    assert in_the_end == []


async def test_a_modem_that_does_not_answer_is_a_fault_after_a_while_and_is_brought_back(fake: FakeModem, path: Path) -> None:
    modem = modem_at(path)

    async with running(modem.run()):
        await ready(modem)
        fake.habits.boot_s = 2
        fake.hangs()
        await eventually(lambda: modem.faults == ["modem_lost"])
        await eventually(lambda: fake.brain.resets == 1)
        await eventually(lambda: modem.state == "ready" and modem.faults == [])

        assert (await modem.send(PHONE, ALERT)).outcome == "sent"


async def test_whoever_sends_through_a_lost_modem_is_told_so_at_once(path: Path) -> None:
    modem = modem_at(path)

    async with running(modem.run()):
        await modem.tried.wait()
        result = await asyncio.wait_for(modem.send(PHONE, ALERT), HANGS_S)

    assert (result.outcome, result.code) == ("fault", "lost")


async def test_a_sim_without_its_pin_is_a_fault_at_once(fake: FakeModem, path: Path) -> None:
    fake.habits.pin = "1234"
    fake.brain.power_cycle(asyncio.get_running_loop().time())
    modem = modem_at(path, lost_after_s=60)

    async with running(modem.run()):
        await eventually(lambda: modem.state == "pin")

        assert modem.faults == ["modem_lost"]


# --- kills ---


async def test_a_reply_survives_a_kill_while_it_is_taken(fake: FakeModem, path: Path) -> None:
    killed, taken = modem_at(path), Taken()
    taken.free.clear()
    killed.deliver_to(taken)
    async with running(killed.run()):
        await ready(killed)
        fake.phone_sends(PHONE, "1")
        await eventually(lambda: len(taken.messages) == 1)

    again, taken_again = modem_at(path), Taken()
    again.deliver_to(taken_again)
    async with running(again.run()):
        await eventually(lambda: len(taken_again.messages) == 1)
        await eventually(lambda: not fake.brain.store)

    assert taken_again.messages[0].text == "1"


async def test_a_modem_whose_host_was_killed_behind_the_prompt_sends_nothing_but_the_next_message(
    fake: FakeModem, path: Path
) -> None:
    fake.brain.leave_in_edit_mode()
    modem = modem_at(path)

    async with running(modem.run()):
        result = await modem.send(PHONE, ALERT)

    assert result.outcome == "sent"
    assert [sms.text for sms in fake.left] == [ALERT]


async def test_a_wrong_pin_is_remembered_on_the_disk(fake: FakeModem, path: Path, tmp_path: Path) -> None:
    fake.habits.pin = "1234"
    memory = PinFile(tmp_path / "sim-pin-tried")
    for _ in range(3):
        fake.brain.power_cycle(asyncio.get_running_loop().time())
        modem = modem_at(path, pin="0000", memory=memory)
        async with running(modem.run()):
            await eventually(lambda modem=modem: modem.state == "pin")  # type: ignore[misc]

    assert fake.habits.pin_tries == 2
    assert (tmp_path / "sim-pin-tried").stat().st_mode & 0o777 == 0o600
    assert b"0000" not in (tmp_path / "sim-pin-tried").read_bytes()


async def test_a_pin_is_not_entered_where_the_disk_cannot_remember_it(fake: FakeModem, path: Path, tmp_path: Path) -> None:
    fake.habits.pin = "1234"
    fake.brain.power_cycle(asyncio.get_running_loop().time())
    modem = modem_at(path, pin="1234", memory=PinFile(tmp_path / "no such folder" / "pin"))

    async with running(modem.run()):
        await eventually(lambda: modem.state == "pin")
        why = modem.why

    assert (why, fake.habits.pin_tries) == ("PIN cannot be put down", 3)


# --- sending ---


async def test_who_waits_for_a_modem_that_is_stopped_is_told(fake: FakeModem, path: Path) -> None:
    fake.habits.accepts_s = 100
    modem = modem_at(path)

    async with running(modem.run()):
        await ready(modem)
        sending = asyncio.ensure_future(modem.send(PHONE, ALERT))
        await eventually(lambda: any("CMGS" in command for command in fake.brain.commands))

    assert (await asyncio.wait_for(sending, HANGS_S)).outcome in ("unknown", "fault")


async def test_those_who_send_at_once_are_served_one_after_the_other(fake: FakeModem, path: Path) -> None:
    modem = modem_at(path)

    async with running(modem.run()):
        results = await asyncio.gather(*(modem.send(f"+861380013800{number}", ALERT) for number in range(5)))

    assert [result.references for result in results] == [(0,), (1,), (2,), (3,), (4,)]
    assert [sms.number[-1] for sms in fake.left] == ["0", "1", "2", "3", "4"]


async def test_a_receiver_may_send_while_it_takes_a_message(fake: FakeModem, path: Path) -> None:
    modem = modem_at(path)

    class Confirms(Taken):
        async def incoming(self, message: IncomingSms) -> None:  # type: ignore[explicit-override]
            await modem.send(message.sender, "ok")
            await super().incoming(message)

    taken = Confirms()
    modem.deliver_to(taken)
    async with running(modem.run()):
        await ready(modem)
        fake.phone_sends(PHONE, "1")
        await eventually(lambda: len(taken.messages) == 1)

    assert [(sms.number, sms.text) for sms in fake.left] == [(PHONE, "ok")]


async def test_a_long_text_takes_its_reference_from_outside_and_arrives_whole(fake: FakeModem, path: Path) -> None:
    modem = modem_at(path)

    async with running(modem.run()):
        await modem.send(PHONE, "救" * 150)
        await modem.send(PHONE, "命" * 71)

    assert [sms.text for sms in fake.left] == ["救" * 150, "命" * 71]
    assert {part.header[:2] for part in fake.parts if part.header} == {(41, 3), (42, 2)}


async def test_who_stops_waiting_leaves_the_modem_as_it_was(fake: FakeModem, path: Path) -> None:
    fake.habits.accepts_s = 0.3
    modem = modem_at(path)

    async with running(modem.run()):
        await ready(modem)
        sending = asyncio.ensure_future(modem.send(PHONE, "first"))
        await eventually(lambda: any("CMGS" in command for command in fake.brain.commands))
        await asyncio.sleep(0.05)
        sending.cancel()
        result = await modem.send(PHONE, "second")

    assert result.outcome == "sent"
    assert [sms.text for sms in fake.left] == ["first", "second"]


async def test_a_modem_that_takes_for_ever_is_given_up(fake: FakeModem, path: Path) -> None:
    fake.habits.accepts_s = 100
    modem = modem_at(path, timings=msgspec.structs.replace(FAST, sent_s=100), longest_send_s=0.5)

    async with running(modem.run()):
        await ready(modem)
        result = await modem.send(PHONE, ALERT)

    assert (result.outcome, result.code, result.duplicate_possible) == ("unknown", "no answer", True)


@pytest.mark.parametrize("number", ["", "duty phone", "+86 138"])
async def test_what_is_no_number_is_no_reason_to_wait(number: str, fake: FakeModem, path: Path) -> None:
    modem = modem_at(path)

    async with running(modem.run()):
        result = await modem.send(number, ALERT)

    assert (result.outcome, fake.parts) == ("permanent", [])


# --- what is told ---


async def test_no_number_and_no_text_is_ever_in_the_log(fake: FakeModem, path: Path) -> None:
    modem, taken = modem_at(path, pin="4711"), Taken()
    modem.deliver_to(taken)
    fake.habits.refuses.append("+CMS ERROR: 42")
    fake.habits.signal = 3

    with capture_logs() as lines:
        async with running(modem.run()):
            await modem.send(PHONE, ALERT)
            fake.phone_sends(PHONE, "1 A41")
            await eventually(lambda: len(taken.messages) == 1)
            fake.vanishes()
            await eventually(lambda: modem.state == "lost")

    told = [line["event"] for line in lines]
    assert told == ["modem ready", "modem signal is weak", "modem cannot send"]
    assert not any(secret in repr(lines) for secret in (PHONE, PHONE[3:], "A41", "4711"))


async def test_signal_and_registration_are_looked_at_while_nothing_happens(fake: FakeModem, path: Path) -> None:
    modem = modem_at(path)

    async with running(modem.run()):
        await ready(modem)
        seen = modem.changes.number
        fake.habits.signal, fake.habits.circuit, fake.habits.packet = 9, 2, 2
        await modem.changes.wait_beyond(seen)
        await eventually(lambda: modem.state == "no_network")

        assert (modem.signal, modem.registered, modem.faults) == (9, False, ["modem_no_network"])

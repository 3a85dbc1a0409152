"""The modem at a real pseudo-terminal: what is to go out goes out, what comes in is handed over, whatever the modem does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices.modem import FakeModem
from gateway.channels.sms.modem import Modem
from gateway.channels.sms.sms import SmsPath
from tests.gateway.channels.sms.quick import Taken, modem_at, quick_habits
from tests.gateway.sources.recorder import eventually, running

PHONE = "+8613800138000"
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
        in_the_store_while_it_is_taken = len(fake.brain.store)
        taken.free.set()
        await eventually(lambda: not fake.brain.store)

    assert [(message.sender, message.text, message.whole) for message in taken.messages] == [(PHONE, "1 A41", True)]
    assert in_the_store_while_it_is_taken == 1

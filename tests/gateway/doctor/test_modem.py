"""An SMS modem at a real pseudo-terminal, and each reason for which it cannot send."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from fake_devices.modem import FakeModem
from fake_devices.modem_habits import ModemHabits
from gateway.channels.sms.timings import REAL
from gateway.doctor import modem
from tests.gateway.doctor.planted import assert_named

QUICK = msgspec.structs.replace(REAL, answer_s=1, escape_s=0.01, old_modem_s=0.2)


async def look(path: Path, habits: ModemHabits) -> modem.ModemFacts:
    async with FakeModem(path, habits):
        return await modem.look(str(path), 115200, QUICK)


@pytest.mark.parametrize(
    ("habits", "code", "fact"),
    [
        (ModemHabits(sim="missing"), "modem_no_sim", "SIM"),
        (ModemHabits(pin="1234"), "modem_pin", "pin_file"),
        (ModemHabits(pin="1234", pin_tries=0), "modem_puk", "PUK"),
        (ModemHabits(circuit=2, packet=2), "modem_searching", "SIM"),
        (ModemHabits(circuit=3, packet=3), "modem_denied", "SIM"),
        (ModemHabits(service_centre=""), "modem_no_service_centre", "SIM"),
        (ModemHabits(signal=3), "modem_weak", "3"),
    ],
)
async def test_what_is_wrong_with_a_modem_is_named(tmp_path: Path, habits: ModemHabits, code: str, fact: str) -> None:
    found = await look(tmp_path / "modem", habits)

    assert_named(modem.diagnoses(found, has_pin=False), code, fact)


async def test_a_modem_that_does_not_answer(tmp_path: Path) -> None:
    async with FakeModem(tmp_path / "modem") as fake:
        fake.hangs()

        found = await modem.look(str(tmp_path / "modem"), 115200, QUICK)

    assert_named(modem.diagnoses(found, has_pin=False), "modem_silent", "baud")


async def test_a_sim_whose_pin_the_gateway_has_is_well_and_no_try_is_used_up(tmp_path: Path) -> None:
    habits = ModemHabits(pin="1234")

    found = await look(tmp_path / "modem", habits)

    assert list(modem.diagnoses(found, has_pin=True)) == []
    assert habits.pin_tries == 3


async def test_a_modem_that_is_in_a_network_is_told_nothing_of(tmp_path: Path) -> None:
    found = await look(tmp_path / "modem", ModemHabits())

    assert (found.state, found.signal) == ("ready", 21)
    assert list(modem.diagnoses(found, has_pin=False)) == []


def test_a_sim_of_another_network_is_named() -> None:
    assert_named(modem.diagnoses(modem.ModemFacts("locked"), has_pin=False), "modem_locked")

"""From the hub's bytes to the alert: what of a band counts for the rules, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from fake_devices import serial_hub_frames as frames
from tests.gateway.upper_half import BAND, ENROLMENTS, TestClock, UpperHalf, upper_half


class Band:
    """A band on the hub's own radio, whose records are numbered."""

    def __init__(self, half: UpperHalf) -> None:
        self._half, self._number = half, 0

    async def says(self, minutes: int, **told: Any) -> list[tuple[str, str]]:
        """The same once a minute; what is told of it, kind and priority."""
        for _ in range(minutes):
            self._half.clock.now_s += 60
            self._number += 1
            await self._half.streams(frames.record(BAND, self._number, told))  # type: ignore[arg-type]
        await self._half.pipeline.tick()
        return [(one.kind, one.priority) for one in self._half.told() if one.event != "cleared"]


RACING: dict[str, Any] = {"heart_rate": 170}


async def test_a_racing_heart_is_critical(half: UpperHalf) -> None:
    assert ("heart_rate", "critical") in await Band(half).says(15, **RACING)


async def test_on_the_charger_it_is_none(half: UpperHalf) -> None:
    band = Band(half)

    assert await band.says(15, charging=True, **RACING) == []
    assert ("heart_rate", "critical") in await band.says(15, **RACING)


async def test_off_the_wrist_it_is_none_until_it_is_worn_again(half: UpperHalf) -> None:
    band = Band(half)

    assert [one for one in await band.says(15, worn=False, **RACING) if one[0] == "heart_rate"] == []
    assert ("heart_rate", "critical") in await band.says(15, worn=True, **RACING)


async def test_what_was_measured_in_the_minute_before_it_was_taken_off_is_none_either(half: UpperHalf) -> None:
    band = Band(half)
    await band.says(1, worn=True, blood_pressure=(120, 80), heart_rate=70)
    await band.says(1, heart_rate=190)
    half.clock.now_s -= 50

    assert await band.says(1, worn=False, heart_rate=190) == []


async def test_a_press_on_the_charger_is_a_call_for_help(half: UpperHalf) -> None:
    assert ("sos", "critical") in await Band(half).says(1, charging=True, sos=True)


async def test_who_walks_has_a_fast_pulse(half: UpperHalf) -> None:
    band, told = Band(half), []
    for minute in range(20):
        told += await band.says(1, steps=1000 + 110 * minute, heart_rate=140)

    assert [one for one in told if one[1] == "critical"] == []


async def test_the_steps_of_a_record_count_for_its_own_pulse(half: UpperHalf) -> None:
    band, told = Band(half), []
    for ten_minutes in range(6):
        half.clock.now_s += 540
        told += await band.says(1, steps=1000 + 1000 * ten_minutes, heart_rate=140)

    assert [one for one in told if one[1] == "critical"] == []


async def test_without_a_cuff_a_pressure_sends_nobody(tmp_path: Path) -> None:
    cuffless = replace(ENROLMENTS[BAND], model="cuffless")
    async with upper_half(tmp_path / "a", TestClock()) as half:
        with_cuff = await Band(half).says(3, blood_pressure=(225, 131))
    async with upper_half(tmp_path / "b", TestClock(), more=(cuffless,)) as half:
        without = await Band(half).says(3, blood_pressure=(225, 131))

    assert ("blood_pressure", "critical") in with_cuff
    assert ("blood_pressure", "critical") not in without
    assert without


async def test_a_pulse_that_nobody_has_is_told(half: UpperHalf) -> None:
    assert ("no_usable_value", "warning") in await Band(half).says(5, heart_rate=20)

"""What a device's sensor is like: its driver says it, its sheet says it, and the roster's model may say otherwise."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from msgspec.structs import replace

import drivers
from drivers.driver import Driver, SensorTraits
from drivers.measurement import Measurement
from drivers.sensor import in_words, sensor_of
from drivers.soundness import is_sound, unsound_declaration
from drivers.standard import heart_rate

CUFFLESS = {"exvital", "vitalband", "fitpro", "lefun", "moyoung", "tcp-watch-3g", "veepoo", "wearfit", "ycbt"}
HUB = drivers.driver("serial-hub")


def sheets() -> dict[str, str]:
    """The docstring of each driver's file."""
    found = {}
    for folder in ("advertisements", "bands", "serial_line", "standard", "watches"):
        for module in pkgutil.iter_modules(importlib.import_module(f"drivers.{folder}").__path__, f"drivers.{folder}."):
            file = importlib.import_module(module.name)
            driver = getattr(file, "DRIVER", None) or getattr(file, "PROFILE", None)
            if driver is not None:
                found[driver.name] = file.__doc__ or ""
    return found


def test_a_pressure_without_a_cuff_is_known_as_that() -> None:
    assert {driver.name for driver in drivers.DRIVERS if driver.sensor.cuff is False} == CUFFLESS


@pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
def test_who_measures_a_pressure_says_whether_by_a_cuff_and_no_other_does(driver: Driver) -> None:
    assert (driver.sensor.cuff is None) == ("blood_pressure" not in driver.measures)


@pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
def test_who_measures_oxygen_says_where(driver: Driver) -> None:
    assert driver.sensor.site or "oxygen_saturation" not in driver.measures


@pytest.mark.parametrize("driver", drivers.DRIVERS, ids=lambda driver: driver.name)
def test_the_sheet_says_it_too(driver: Driver) -> None:
    assert in_words(driver.sensor) in sheets()[driver.name]


@pytest.mark.parametrize(
    ("model", "sensor"),
    [
        (None, SensorTraits(cuff=True, site="wrist", worn=True)),
        ("", SensorTraits(cuff=True, site="wrist", worn=True)),
        ("EX-7", SensorTraits(cuff=True, site="wrist", worn=True)),
        ("cuffless", SensorTraits(cuff=False, site="wrist", worn=True)),
        ("EX-7 Cuffless", SensorTraits(cuff=False, site="wrist", worn=True)),
        ("cuffless-finger", SensorTraits(cuff=False, site="finger", worn=True)),
        ("cuff, arm, unworn", SensorTraits(cuff=True, site="arm", worn=False)),
    ],
)
def test_the_model_of_a_band_on_a_hub_may_say_otherwise(model: str | None, sensor: SensorTraits) -> None:
    assert sensor_of(HUB, model) == sensor


def test_an_omron_for_the_wrist_is_known_by_its_model() -> None:
    assert sensor_of(drivers.driver("omron-bp"), "HEM-6232T").site == "wrist"
    assert sensor_of(drivers.driver("omron-bp"), "HEM-6161T-E").site == "wrist"
    assert sensor_of(drivers.driver("omron-bp"), "HEM-7155T").site == "arm"


def test_a_plug_in_that_says_nonsense_of_its_sensor_is_broken() -> None:
    assert unsound_declaration(replace(HUB, sensor="wrist")) == "sensor"


@pytest.mark.parametrize(("rr_ms", "sound"), [((), True), ((857, 1), True), ((8.5,), False), (("x",), False), ([857], False)])
def test_times_between_beats_are_whole_numbers(rr_ms: Any, sound: bool) -> None:
    assert is_sound(Measurement(kind="heart_rate", value=70, rr_ms=rr_ms)) is sound


@pytest.mark.parametrize(
    ("frame", "rr_ms"),
    [
        ("0048", ()),
        ("10480004", (1000,)),
        ("10480004f803", (1000, 992)),
        ("1048", ()),
        ("10480000ffff", (63999,)),
        ("184801000004", (1000,)),
        ("114800" + "0004", (1000,)),
    ],
)
def test_the_heart_rate_service_tells_the_times_between_beats_in_ms(frame: str, rr_ms: tuple[int, ...]) -> None:
    (rate, *_) = heart_rate.decode(heart_rate.HEART_RATE_MEASUREMENT, bytes.fromhex(frame)).measurements

    assert (rate.value, rate.rr_ms) == (72, rr_ms)

"""A bug in a driver costs its own frame, and is counted under its name."""

from __future__ import annotations

import pytest

from drivers.advertisements import bthome
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, Refused
from drivers.measurement import Measurement
from gateway.driver_bugs import DriverFaults, decode, validate_output


def driver(name: str, gives: object) -> AdvertisementDriver:
    """A guest that gives this, or fails."""

    def decodes(_advertisement: Advertisement, _key: bytes | None) -> Decoded:
        if isinstance(gives, Exception):
            raise gives
        return gives  # type: ignore[return-value]

    return AdvertisementDriver(name=name, title="", measures=(), decode=decodes)


@pytest.mark.parametrize("gives", [ZeroDivisionError(), None, [1]], ids=repr)
def test_a_driver_that_fails_on_a_frame_refuses_it_and_is_counted(gives: object) -> None:
    faults = DriverFaults()

    for guest in (driver("one", gives), driver("one", gives), driver("two", gives)):
        with pytest.raises(Refused, match="unsupported"):
            decode(guest, Advertisement(b""), None, faults)

    assert faults.counts == {"one": 2, "two": 1}


def test_a_frame_that_is_refused_is_no_fault_of_a_driver() -> None:
    faults = DriverFaults()

    with pytest.raises(Refused, match="not_mine"):
        decode(bthome.DRIVER, Advertisement(b""), None, faults)

    assert not faults.counts


def test_a_value_that_its_kind_cannot_have_is_refused_and_counted() -> None:
    faults = DriverFaults()
    sound = Measurement(kind="heart_rate", value=64)
    nonsense = Measurement(kind="heart_rate", value="fast")

    found = validate_output("one", Decoded([nonsense, sound]), faults)

    assert found.measurements == [sound]
    assert [refusal.reason for refusal in found.refusals] == ["unsupported"]
    assert faults.counts == {"one": 1}

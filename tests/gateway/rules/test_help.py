"""Which press of a key calls for help."""

from __future__ import annotations

import pytest

from drivers.measurement import BUTTONS
from gateway.rules.help import is_sos, rule


@pytest.mark.parametrize("keys_call_for_help", [True, False])
@pytest.mark.parametrize("sos_button", [None, (), ("long_press",)])
def test_sos_always_calls_for_help(keys_call_for_help: bool, sos_button: tuple[str, ...] | None) -> None:
    assert is_sos("sos", keys_call_for_help, sos_button)


@pytest.mark.parametrize("button", BUTTONS)
def test_every_press_of_a_pendant_calls_for_help(button: str) -> None:
    assert is_sos(button, True, None)


@pytest.mark.parametrize("button", [button for button in BUTTONS if button != "sos"])
def test_no_press_of_a_band_with_other_keys_calls_for_help(button: str) -> None:
    assert not is_sos(button, False, None)


def test_the_enrolment_narrows_a_pendants_keys() -> None:
    assert is_sos("long_press", True, ("long_press",))
    assert not is_sos("press", True, ("long_press",))


def test_the_enrolment_widens_a_bands_keys() -> None:
    assert is_sos("triple_press", False, ("triple_press",))
    assert not is_sos("press", False, ("triple_press",))


def test_an_sos_and_a_fall_name_their_rule_and_the_version_of_the_table() -> None:
    assert (rule("sos", "1").id, rule("fall", "1").id, rule("sos", "7").table, rule("sos", "1").limit) == (
        "SOS",
        "FALL",
        "7",
        None,
    )

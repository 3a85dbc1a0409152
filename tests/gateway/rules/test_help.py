"""Which press of a key calls for help."""

from __future__ import annotations

import pytest

from drivers.measurement import BUTTONS, Kind, Value
from gateway.alert import RuleRef
from gateway.rules.help import call_for_help, is_sos
from tests.gateway.rules.ward import reading


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


@pytest.mark.parametrize(("kind", "value", "rule"), [("button", "press", "SOS"), ("fall", True, "FALL")])
def test_a_call_for_help_is_critical_and_names_its_rule_and_the_version_of_the_table(
    kind: Kind, value: Value, rule: str
) -> None:
    call = reading(kind, value, 0)

    finding = call_for_help(call, "7")

    assert (finding.priority, finding.rule, finding.readings) == ("critical", RuleRef(id=rule, table="7"), (call,))

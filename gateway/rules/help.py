"""When a press of a key calls for help, and the rules of SOS and fall, which no setting switches off. Pure."""

from __future__ import annotations

from typing import Literal

from drivers.measurement import Measurement
from gateway.alert import Finding, RuleRef
from gateway.readings import Reading

RULE_IDS: dict[Literal["sos", "fall"], str] = {"sos": "SOS", "fall": "FALL"}


def is_sos(button: str, keys_call_for_help: bool, sos_button: tuple[str, ...] | None) -> bool:
    """Whether this press is a call for help.

    `sos` always is. Else the enrolment's `sos_button` decides, where there is one: it narrows a pendant's keys and widens
    a band's. Else every key of a device whose driver says that its keys are there to call for help is.
    """
    if button == "sos":
        return True
    return keys_call_for_help if sos_button is None else button in sos_button


def calls_for_help(measurement: Measurement, keys_call_for_help: bool, sos_button: tuple[str, ...] | None = None) -> bool:
    """Whether this is a fall, or a press that is an SOS."""
    if measurement.kind == "button":
        return is_sos(str(measurement.value), keys_call_for_help, sos_button)
    return measurement.kind == "fall"


def call_for_help(reading: Reading, table: str) -> Finding:
    """The alert that a call for help is, by this version of the table: critical at once, until a person closes it."""
    kind: Literal["fall", "sos"] = "fall" if reading.kind == "fall" else "sos"
    return Finding(
        kind=kind,
        priority="critical",
        at_ms=reading.at_ms,
        rule=RuleRef(id=RULE_IDS[kind], table=table),
        wearer=reading.wearer,
        device=reading.device,
        readings=(reading,),
    )

"""The drivers' interface 1.0 is frozen: nothing of it is taken away or renamed, and what is added has a default.

A driver of another package is written against it (docs/writing-a-driver.md).
"""

from __future__ import annotations

from importlib import import_module

import msgspec
import pytest
from msgspec import NODEFAULT

interface = import_module("drivers.driver")  # `drivers.driver` is also a function, which looks a driver up

FIELDS = {
    "Advertisement": "data address rssi address_type shown_as",
    "AdvertisementDriver": "name title measures decode services companies identity_bytes presses keys_call_for_help",
    "Answered": "order outcome",
    "Automatic": "minutes kind",
    "BytesReceived": "data",
    "ClockAhead": "seconds",
    "CommandResult": "command outcome code",
    "ConnectionDriver": "name title measures services converse decode visit streams on_sight silence_s keys_call_for_help",
    "Context": "model key learnt",
    "Decoded": "measurements refusals status counter released",
    "Fetch": "kind since user from_slot slots delete",
    "Find": "",
    "Learnt": "facts",
    "Listen": "",
    "LocalTime": "",
    "Measure": "kind stream",
    "Notified": "characteristic data",
    "Now": "",
    "Outcome": "result why",
    "Pair": "",
    "PairAgain": "why",
    "PressPolicy": "silence_s by_age restart_below",
    "Read": "characteristic service limit_s",
    "Refusal": "reason detail address",
    "WriteBack": "data address after_stored",
    "Report": "decoded",
    "ReportItems": "items",
    "Send": "data",
    "SensorTraits": "cuff site worn",
    "SerialDriver": "name title measures decoder converse baud repeats_s many_a_second hub signal keys_call_for_help",
    "Services": "offered",
    "SetClock": "",
    "ShowText": "text",
    "Silence": "",
    "Status": "fields address",
    "Store": "",
    "Subscribe": "characteristic service how",
    "Vibrate": "level",
    "Visit": "",
    "Wait": "seconds",
    "Write": "characteristic data service response",
}
OTHERS = {
    "Answer",
    "Conversation",
    "Driver",
    "Event",
    "Item",
    "Order",
    "OutcomeWord",
    "REASONS",
    "Reason",
    "Refused",
    "ReportWant",
    "Signal",
    "Site",
    "StreamDecoder",
    "Want",
    "WatchDriver",
    "WatchStream",
}


def test_every_name_of_the_interface_is_known_here() -> None:
    assert set(interface.__all__) == FIELDS.keys() | OTHERS


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_of_the_interface_keeps_its_fields_in_their_order(name: str) -> None:
    fields = msgspec.structs.fields(getattr(interface, name))
    frozen = FIELDS[name].split()

    assert [field.name for field in fields][: len(frozen)] == frozen
    for added in fields[len(frozen) :]:
        assert added.default is not NODEFAULT or added.default_factory is not NODEFAULT, added.name

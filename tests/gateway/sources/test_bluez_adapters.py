"""An adapter may be named by its address, which it keeps."""

from __future__ import annotations

import pytest

from gateway.errors import SourceLost
from gateway.sources.bluez_adapters import adapter_name, find_adapter, wanted_adapters

THERE = {"hci0": "00:1A:7D:DA:71:01", "hci1": "00:1A:7D:DA:71:02"}


def test_an_address_finds_its_adapter_in_either_case() -> None:
    assert find_adapter("00:1a:7d:da:71:02", THERE) == "hci1"


def test_an_adapter_that_is_not_there_is_absent() -> None:
    with pytest.raises(SourceLost, match="absent"):
        find_adapter("00:1A:7D:DA:71:03", THERE)


async def test_a_name_stands_for_itself() -> None:
    assert await adapter_name("hci3") == "hci3"


def test_those_that_are_named_are_used() -> None:
    assert wanted_adapters(["hci1"]) == ["hci1"]


def test_somebody_is_always_listened_to() -> None:
    assert wanted_adapters([]) != []

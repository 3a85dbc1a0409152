"""What relays are judged by, without any: advertisements as values, and how much one may say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from drivers.driver import Advertisement
from gateway.sources.ble.relays.allowance import OCTETS_AT_ONCE, OCTETS_OF_A_MESSAGE, OCTETS_PER_S, Allowance
from gateway.sources.ble.relays.raw_advertisement import LARGEST_ADDRESS, MOST_BYTES, advertisement, number, printed
from gateway.sources.ble.relays.relayed_band import properties_of

KILOBYTE = 1_000


def test_an_advertisement_is_what_came() -> None:
    heard = advertisement(0xC0FFEE000001, -60, 1, b"\x02\x01\x06", "house-3")

    assert heard == Advertisement(b"\x02\x01\x06", "C0:FF:EE:00:00:01", -60, "random", by="house-3")


@pytest.mark.parametrize(("address_type", "kind"), [(0, "public"), (1, "random"), (2, "public"), (3, "random")])
def test_identities_that_the_relay_resolved_are_addresses_too(address_type: int, kind: str) -> None:
    heard = advertisement(1, -60, address_type, b"", "house-3")

    assert heard
    assert heard.address_type == kind


def test_the_bounds_of_what_a_radio_can_hear() -> None:
    assert advertisement(LARGEST_ADDRESS, -127, 3, bytes(MOST_BYTES), "house-3")
    assert advertisement(1, 20, 0, b"", "house-3")
    assert advertisement(1, -128, 0, b"", "house-3") is None
    assert advertisement(1, 21, 0, b"", "house-3") is None
    assert advertisement(-1, -60, 0, b"", "house-3") is None
    assert advertisement(1, -60, -1, b"", "house-3") is None


def test_an_address_is_printed_and_read() -> None:
    assert printed(0x54) == "00:00:00:00:00:54"
    assert number(printed(0xC0FFEE000001)) == 0xC0FFEE000001


def test_a_full_house_is_no_flood_however_long() -> None:
    allowance = Allowance(0)

    assert all(allowance.takes(50 * 60, tenth / 10) for tenth in range(36_000))


def test_what_comes_at_once_is_bounded_and_the_bound_comes_back_with_time() -> None:
    allowance = Allowance(0)
    messages = OCTETS_AT_ONCE // (KILOBYTE + OCTETS_OF_A_MESSAGE)

    assert all(allowance.takes(KILOBYTE, 0) for _ in range(messages))
    assert not allowance.takes(KILOBYTE, 0)
    assert allowance.takes(KILOBYTE, 10 * KILOBYTE / OCTETS_PER_S)


def test_empty_messages_count_too() -> None:
    allowance = Allowance(0)

    assert not all(allowance.takes(0, 0) for _ in range(OCTETS_AT_ONCE // OCTETS_OF_A_MESSAGE + 1))


def test_properties_are_called_as_drivers_know_them() -> None:
    assert properties_of(0b11010) == {"read", "write", "notify"}
    assert properties_of(1 << 40) == frozenset()


def test_a_gateway_without_relays_carries_nothing_of_them() -> None:
    of_relays = "{'aioesphomeapi', 'noise', 'zeroconf'}"
    code = f"import sys, gateway.sources.ble.bluetooth; sys.exit(bool({of_relays} & sys.modules.keys()))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

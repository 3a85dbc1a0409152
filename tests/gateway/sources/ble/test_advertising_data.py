"""What BlueZ tells of an advertisement becomes AD structures again: read back, they say the same."""

from __future__ import annotations

import pytest

from drivers.framing import ad_structures
from fake_devices.ble_link import advertising_data as sent
from gateway.sources.ble.advertising_data import advertising_data

HEART_RATE, BTHOME = sent.long_uuid(0x180D), sent.long_uuid(0xFCD2)
MAKERS_OWN = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"


@pytest.mark.parametrize(
    ("services", "service_data", "manufacturer_data", "name"),
    [
        pytest.param([HEART_RATE], {}, {}, "Strap 01", id="a strap"),
        pytest.param([], {BTHOME: b"\x44\x00\x01\x3a\x01"}, {}, None, id="a pendant"),
        pytest.param([], {BTHOME: b"\x40", MAKERS_OWN: b"\x01"}, {0xFFFF: b"\x01", 0x4C: b""}, None, id="two of each"),
        pytest.param([MAKERS_OWN, HEART_RATE], {}, {}, "手环", id="a name in Chinese, a long UUID"),
        pytest.param([], {}, {}, None, id="nothing"),
    ],
)
def test_it_says_what_was_told(
    services: list[str], service_data: dict[str, bytes], manufacturer_data: dict[int, bytes], name: str | None
) -> None:
    said = sent.read(advertising_data(services, service_data, manufacturer_data, name))

    assert sorted(said.service_uuids) == sorted(services)
    assert (said.service_data, said.manufacturer_data, said.name) == (service_data, manufacturer_data, name)


def test_the_order_is_services_service_data_manufacturer_data_name() -> None:
    data = advertising_data([HEART_RATE], {BTHOME: b"\x40"}, {0xFFFF: b"\x01"}, "Band")

    assert [kind for kind, _ in ad_structures(data)] == [0x03, 0x16, 0xFF, 0x09]


def test_more_services_than_one_structure_holds_take_several() -> None:
    many = [f"6e40{number:04x}-b5a3-f393-e0a9-e50e24dcca9e" for number in range(40)]

    data = advertising_data(many, {}, {}, None)

    assert sorted(sent.read(data).service_uuids) == many
    assert len(list(ad_structures(data))) == 3


def test_what_no_advertisement_can_have_held_is_left_out() -> None:
    data = advertising_data([], {BTHOME: bytes(300)}, {0xFFFF: b"\x01"}, None)

    assert [kind for kind, _ in ad_structures(data)] == [0xFF]

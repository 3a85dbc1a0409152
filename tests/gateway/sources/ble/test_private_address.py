"""An address that changes is known by what the radio says of it, and by its first two bits."""

from __future__ import annotations

from typing import Literal

import pytest

from drivers.driver import Advertisement
from gateway.sources.ble.private_address import changes


@pytest.mark.parametrize(
    ("address", "kind", "is_private"),
    [
        ("4A:11:22:33:44:55", "random", True),
        ("7F:11:22:33:44:55", "random", True),
        ("3F:11:22:33:44:55", "random", True),
        ("C0:11:22:33:44:55", "random", False),
        ("FA:11:22:33:44:55", "random", False),
        ("54:EF:44:00:00:01", "public", False),
        ("02:00:00:00:00:01", "", False),
    ],
)
def test_it_changes(address: str, kind: Literal["public", "random", ""], *, is_private: bool) -> None:
    assert changes(Advertisement(b"", address, address_type=kind)) == is_private

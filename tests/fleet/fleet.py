"""Who is in the fleet, and behind which way: lists, of which a run takes all or a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TypeVar

from fake_devices.free_port import free_port
from fake_devices.story import Kind
from tests.bluez.fake_bluez import FakeBluez
from tests.fleet.at_hubs import ForwardingHubWay, SerialHubWay
from tests.fleet.band import address
from tests.fleet.radios import RadioWay
from tests.fleet.relays import RelayWay
from tests.fleet.watches import WatchWay
from tests.fleet.way import Way

K = TypeVar("K", bound=str)

HEARD = {"pendant": 8, "secret pendant": 6, "kbeacon": 6, "ibeacon": 6, "vitalband": 4}
ASKED: dict[Kind, int] = {"strap": 5, "cuff": 4, "thermometer": 3, "oximeter": 2, "ycbt": 2, "moyoung": 2, "veepoo": 2}
AT_HUBS = {"hall-hub": 4, "east-hub": 3}
FORWARDED = {"west-hub": 3}
WATCHES = 20
HEARD_BY_RELAY = {"pendant": 2, "secret pendant": 1, "kbeacon": 1, "ibeacon": 1, "vitalband": 1}
ASKED_BY_RELAY: dict[Kind, int] = {"strap": 1, "cuff": 1, "thermometer": 1, "ycbt": 1}
RELAYS = ("house-3", "house-4")


def ways(folder: Path, bluez: FakeBluez, part: float = 1.0) -> list[Way]:
    """Sixty bands at the radio and at hubs, twenty watches, twenty behind two relays; of each kind this part, one at least."""
    numbers = count(1)

    def some(many: int) -> Sequence[int]:
        return [next(numbers) for _ in range(max(1, round(many * part)))]

    def named(many: int) -> list[tuple[str, int]]:
        return [(address(number), number) for number in some(many)]

    def of_kinds(kinds: Mapping[K, int]) -> list[tuple[K, str, int]]:
        return [(kind, *one) for kind, many in kinds.items() for one in named(many)]

    radio = RadioWay(bluez, of_kinds(HEARD), of_kinds(ASKED))
    hubs = [SerialHubWay(name, folder, named(many)) for name, many in AT_HUBS.items()]
    forwarding = [ForwardingHubWay(name, folder, named(many)) for name, many in FORWARDED.items()]
    watches = WatchWay(free_port(), some(WATCHES))
    relays = [RelayWay(name, of_kinds(HEARD_BY_RELAY), of_kinds(ASKED_BY_RELAY)) for name in RELAYS]
    return [radio, *hubs, *forwarding, watches, *relays]

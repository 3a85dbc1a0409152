"""Who is in the fleet, and behind which way: lists, of which a run takes all or a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from fake_devices.free_port import free_port
from fake_devices.story import Kind
from tests.bluez.fake_bluez import FakeBluez
from tests.fleet.at_hubs import ForwardingHubWay, SerialHubWay
from tests.fleet.band import address
from tests.fleet.radios import RadioWay
from tests.fleet.watches import WatchWay
from tests.fleet.way import Way

HEARD = {"pendant": 8, "secret pendant": 6, "kbeacon": 6, "ibeacon": 6, "vitalband": 4}
ASKED: dict[Kind, int] = {"strap": 5, "cuff": 4, "thermometer": 3, "oximeter": 2, "ycbt": 2, "moyoung": 2, "veepoo": 2}
AT_HUBS = {"hall-hub": 4, "east-hub": 3}
FORWARDED = {"west-hub": 3}
WATCHES = 20


def ways(folder: Path, bluez: FakeBluez, part: float = 1.0) -> list[Way]:
    """Sixty bands at the radio and at hubs, and twenty watches; of each kind this part, and one at least."""
    numbers = count(1)

    def some(many: int) -> Sequence[int]:
        return [next(numbers) for _ in range(max(1, round(many * part)))]

    def named(many: int) -> list[tuple[str, int]]:
        return [(address(number), number) for number in some(many)]

    def of_kinds(kinds: dict[Kind, int]) -> Iterator[tuple[Kind, str, int]]:
        return ((kind, *one) for kind, many in kinds.items() for one in named(many))

    heard = [(kind, *one) for kind, many in HEARD.items() for one in named(many)]
    radio = RadioWay(bluez, heard, list(of_kinds(ASKED)))
    hubs = [SerialHubWay(name, folder, named(many)) for name, many in AT_HUBS.items()]
    forwarding = [ForwardingHubWay(name, folder, named(many)) for name, many in FORWARDED.items()]
    return [radio, *hubs, *forwarding, WatchWay(free_port(), some(WATCHES))]

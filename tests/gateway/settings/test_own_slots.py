"""A connection of its own for one wristband, as a configuration asks for it: `slot = true`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.checker import Examined
from gateway.settings.file import examine
from gateway.words.mistakes import text

CONFIG = """\
[gateway]
id = "xishan-01"
[mqtt]
host = "platform.example"
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "{driver}"
wearer = "W-017"
room = "3-201"
{slot}
"""


def examined(folder: Path, driver: str, slot: str) -> Examined:
    (folder / "gateway.toml").write_text(CONFIG.format(driver=driver, slot=slot))
    return examine(folder / "gateway.toml")


@pytest.mark.parametrize(("slot", "has_one"), [("slot = true", True), ("slot = false", False), ("", False)])
def test_a_band_has_a_connection_of_its_own_where_it_says_so(tmp_path: Path, slot: str, has_one: bool) -> None:
    found = examined(tmp_path, "ycbt", slot)

    assert found.mistakes == []
    assert [band.slot for band in found.bands.values()] == [has_one]


@pytest.mark.parametrize("driver", ["ycbt", "moyoung", "veepoo", "fitpro", "lefun", "wearfit", "colmi-ring", "ble-heart-rate"])
def test_every_band_that_goes_on_listening_may_have_one(tmp_path: Path, driver: str) -> None:
    assert examined(tmp_path, driver, "slot = true").mistakes == []


@pytest.mark.parametrize("driver", ["bthome", "ble-blood-pressure", "omron-bp"])
def test_it_is_refused_to_devices_that_are_only_heard_or_hang_up(tmp_path: Path, driver: str) -> None:
    (mistake,) = examined(tmp_path, driver, "slot = true").mistakes

    assert (mistake.key, mistake.code, mistake.line) == ("wristband.slot", "slot_in_vain", 5)
    assert driver in text(mistake, "en")
    assert driver in text(mistake, "zh-CN")

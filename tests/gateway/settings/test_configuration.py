"""The plain values have every key of the schema, and a running gateway carries nothing of what checks them."""

from __future__ import annotations

import subprocess
import sys

from gateway.settings.file import plain
from gateway.settings.schema import SettingsFile

EVERY_SECTION = {
    "gateway": {"id": "g-1"},
    "mqtt": {"host": "platform.example"},
    "serial": ({"name": "hub", "port": "/dev/hub", "driver": "serial-hub"},),
    "wristband": ({"address": "c0ffee000001", "driver": "bthome", "wearer": "W-1"},),
    "duty": {"drill": ({"wearer": "W-1", "day": 1, "from": "10:00", "to": "11:00"},)},
    "modem": {"port": "/dev/modem"},
    "home": {"latitude": 30.5, "longitude": 120.5},
    "wearer": {"W-1": {"geofence": {"latitude": 30, "longitude": 120, "radius_m": 300}}},
}


def test_every_key_of_every_section_is_there() -> None:
    settings = plain(SettingsFile.model_validate(EVERY_SECTION))

    assert settings.wristband[0].address == "C0:FF:EE:00:00:01"
    assert settings.duty.drill[0].from_ == "10:00"
    assert settings.geofences["W-1"].radius_m == 300


def test_the_daemon_does_not_import_what_checks_a_configuration() -> None:
    code = "import sys, gateway.daemon; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert {"pydantic", "gateway.settings.schema", "difflib"} & set(done.stdout.split()) == set()

"""The demo's own `gateway.toml` and the files it names: read by the gateway like anybody's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from fake_devices.community import Community
from fake_devices.story import Kind, Story, Wearer, WornBand
from gateway.cli.demo.windows import Windows

GATEWAY = "demo-01"
RECEIPT_S = 10  # the shortest: a story of a minute has no time for the usual thirty
DRIVERS: dict[Kind, str] = {
    "wristband": "serial-hub",
    "strap": "ble-heart-rate",
    "cuff": "ble-blood-pressure",
    "thermometer": "ble-thermometer",
    "oximeter": "ble-pulse-oximeter",
    "tracker": "ble-location",
    "tag": "ble-battery",
    "ycbt": "ycbt",
    "veepoo": "veepoo",
    "moyoung": "moyoung",
    "pendant": "bthome",
    "kbeacon": "kbeacon",
    "ibeacon": "ibeacon",
}


def write(folder: Path, community: Community, language: str, windows: Windows | None) -> Path:
    """Writes the file for this community; returns its path."""
    path = folder / "gateway.toml"
    path.write_text("\n".join(_lines(folder, community, language, windows)), encoding="utf-8")
    return path


def _lines(folder: Path, community: Community, language: str, windows: Windows | None) -> Iterator[str]:
    yield from _section("gateway", id=GATEWAY, language=language, data_dir=str(folder / "data"))
    yield from _section("mqtt", host="127.0.0.1", port=community.network.port, version="3.1.1", tls=False, insecure=True)
    yield from _section("[serial]", name="hall-hub", port=str(community.hub_port), driver="serial-hub")
    yield from _section("bluetooth", adapters=[community.adapter.name])
    yield from _section("duty", phones_file=str(_duty_list(folder, community.story)), receipt_s=RECEIPT_S)
    yield from _section("modem", port=str(community.modem_port))
    if windows:
        pin = _secret_file(folder / "page-pin", windows.pin)
        yield from _section("page", listen=f"127.0.0.1:{windows.page_port}", pin_file=str(pin))
    for wearer in community.story.wearer:
        for band in wearer.bands:
            yield from _wristband(folder, wearer, band)


def _wristband(folder: Path, wearer: Wearer, band: WornBand) -> Iterator[str]:
    keys: dict[str, object] = {"address": band.address, "driver": DRIVERS[band.kind], "wearer": wearer.id, "room": wearer.room}
    if band.key:
        keys["key_file"] = str(_secret_file(folder / f"{wearer.id}.key", band.key))
    yield from _section("[wristband]", **keys)


def _duty_list(folder: Path, story: Story) -> Path:
    path = folder / "duty.csv"
    path.write_text("\n".join(["name,phone", *(f"{phone.id},{phone.number}" for phone in story.phone)]), encoding="utf-8")
    return path


def _secret_file(path: Path, secret: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(secret, encoding="ascii")
    return path


def _section(name: str, /, **values: object) -> Iterator[str]:
    yield f"[{name}]"
    for key, value in values.items():
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}"  # TOML writes these values as JSON does
    yield ""

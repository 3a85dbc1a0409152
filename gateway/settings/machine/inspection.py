"""Inspects this machine for a configuration: where its data go, its serial ports, its certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from gateway.settings import named_files
from gateway.settings.machine import certificates, data_place, ports
from gateway.settings.machine.data_place import Place
from gateway.settings.machine.unit import Unit
from gateway.settings.schema import SettingsFile
from gateway.settings.sections.mqtt import MqttSection
from gateway.settings.toml_lines import KeyPath

Finding = tuple[KeyPath, str, Mapping[str, object]]

DATA_DIR = ("gateway", "data_dir")


class Inspected(NamedTuple):
    """What the machine is like: `mistakes` with which the service cannot do its work, and `doubts`."""

    place: Place
    mistakes: list[Finding]
    doubts: list[Finding]


def inspected(settings: SettingsFile, user: str, unit: Unit | None, *, for_service: bool, now: datetime) -> Inspected:
    """With the rights of `user`, which hold now. `unit`: its sandbox counts; `for_service`: the rights are the service's."""
    place = data_place.look(settings.gateway.data_dir)
    mistakes: list[Finding] = [(DATA_DIR, *wrong) for wrong in data_place.mistakes(place, user, unit, for_service=for_service)]
    doubts: list[Finding] = [(("store", "max_mb"), *doubt) for doubt in data_place.doubts(place, settings.store.max_mb)]
    return Inspected(place, mistakes, [*doubts, *_ports(settings, for_service=for_service), *_certificates(settings.mqtt, now)])


def _ports(settings: SettingsFile, *, for_service: bool) -> Iterator[Finding]:
    named: list[tuple[KeyPath, str]] = [(("serial", n, "port"), port.port) for n, port in enumerate(settings.serial)]
    if settings.modem:
        named.append((("modem", "port"), settings.modem.port))
    there = ports.plugged()
    for path, port in named:
        doubt = ports.doubt(port, there)
        if doubt and (for_service or doubt[0] != "port_forbidden"):
            yield path, *doubt


def _certificates(mqtt: MqttSection, now: datetime) -> Iterator[Finding]:
    for key in ("ca_file", "cert_file"):
        file = getattr(mqtt, key)
        if pem := _content(file):
            for code, facts in certificates.doubts(pem, now):
                yield ("mqtt", key), code, {"path": str(file), **facts}
    certificate, private_key = _content(mqtt.cert_file), _content(mqtt.key_file)
    if certificate and private_key and not certificates.belong_together(certificate, private_key):
        yield ("mqtt", "key_file"), "key_of_another_certificate", {"path": str(mqtt.key_file)}


def _content(file: Path | None) -> bytes | None:
    """None where none is named, or where it cannot be read: that is told elsewhere."""
    try:
        return named_files.content(file) if file else None
    except named_files.BadFile:
        return None

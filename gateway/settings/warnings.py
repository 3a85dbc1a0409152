"""What a valid configuration should be asked about: allowed, but perhaps not meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.duty.duty_list import DutyList
from gateway.duty.responders import Volunteers
from gateway.readings import Enrolment
from gateway.settings import duty_warnings, named_files
from gateway.settings.driver_names import hubs, identities, streaming
from gateway.settings.schema import SettingsFile
from gateway.settings.sections.mqtt import MqttSection
from gateway.settings.sections.page import PageSection
from gateway.settings.toml_lines import KeyPath
from gateway.settings.values import Surroundings

Doubt = tuple[KeyPath, str, Mapping[str, object]]  # the key, the code, and its facts
Bands = Mapping[str, Enrolment]

PLAIN_PORT, TLS_PORT = 1883, 8883  # registered at IANA as mqtt and secure-mqtt
SHORT_ID = 23  # characters of a client id that every MQTT 3.1.1 broker takes (3.1.3.1)
SHORT_TOPIC = 64  # characters of a topic: Huawei IoTDA, Alibaba Cloud IoT, ApsaraMQ
GOOD_PAGE_PIN = 6  # characters
LONGEST_ENDING = "/down/commands"


def warnings(
    settings: SettingsFile, bands: Bands, around: Surroundings, phones: DutyList, volunteers: Volunteers
) -> Iterator[Doubt]:
    """Every doubt about it."""
    yield from of_the_link(settings)
    yield from _secrets(settings, bands, around)
    yield from _bands(settings, bands, around)
    yield from _deaf(bands)
    yield from _ports(settings, bands)
    yield from _page(settings.page)
    wearers = {band.wearer for band in bands.values()}
    yield from ((("wearer", name), "unknown_wearer", {}) for name in settings.wearer if name not in wearers)
    yield from duty_warnings.warnings(settings, wearers, phones, volunteers)


def of_the_link(settings: SettingsFile) -> Iterator[Doubt]:
    """Those about the way to the broker, which need nothing but the file itself."""
    gateway, mqtt = settings.gateway, settings.mqtt
    if not mqtt.tls:
        yield ("mqtt", "insecure"), "insecure", {}
    yield from _broker_ports(mqtt)
    if mqtt.alerts_need == "puback":
        yield ("mqtt", "alerts_need"), "puback_is_no_receipt", {}
    if len(mqtt.client_id or gateway.id) > SHORT_ID:
        yield ("mqtt", "client_id") if mqtt.client_id else ("gateway", "id"), "long_id", {}
    length = len(f"{mqtt.root}/{gateway.id}{LONGEST_ENDING}")
    if length > SHORT_TOPIC:
        yield ("mqtt", "root"), "long_topic", {"length": length}


def _broker_ports(mqtt: MqttSection) -> Iterator[Doubt]:
    """TLS at the usual port of plain text, or plain text at that of TLS."""
    wrong, code = (PLAIN_PORT, "tls_at_plain_port") if mqtt.tls else (TLS_PORT, "plain_at_tls_port")
    of_hosts = [host for host in mqtt.hosts if host.endswith(f":{wrong}")]
    without = mqtt.host or any(not re.search(r":[0-9]+$", host) for host in mqtt.hosts)
    if of_hosts:
        yield ("mqtt", "hosts"), code, {}
    elif without and mqtt.port == wrong:
        yield ("mqtt", "port"), code, {}


def _secrets(settings: SettingsFile, bands: Bands, around: Surroundings) -> Iterator[Doubt]:
    files: dict[KeyPath, Path | None] = {("mqtt", key): getattr(settings.mqtt, key) for key in ("password_file", "key_file")}
    files |= {("modem", "pin_file"): settings.modem.pin_file} if settings.modem else {}
    files |= {("page", "pin_file"): settings.page.pin_file}
    files |= {("relay", number, "psk_file"): relay.psk_file for number, relay in enumerate(settings.relay)}
    files |= {("wristband", number, "key_file"): band.key_file for number, band in enumerate(settings.wristband)}
    for path, file in files.items():
        if file and file not in around.credentials.values() and named_files.readable_by_all(file):
            yield path, "secret_is_readable", {"path": str(file)}
    if (file := settings.mqtt.password_file) and (word := named_files.password(file)) != word.strip("\ufeff \t\u3000\xa0"):
        yield ("mqtt", "password_file"), "password_has_blanks", {"path": str(file)}
    roster = settings.roster.file
    in_roster = bands.keys() - {band.address for band in settings.wristband}
    if roster and any(bands[address].key for address in in_roster) and named_files.readable_by_all(roster):
        yield ("roster", "file"), "secret_is_readable", {"path": str(roster)}


def _page(page: PageSection) -> Iterator[Doubt]:
    if page.listen and not page.pin_file:
        yield ("page", "pin_file"), "page_without_pin", {}
    if page.pin_file and _is_guessed_soon(page.pin_file):
        yield ("page", "pin_file"), "short_page_pin", {"path": str(page.pin_file), "least": GOOD_PAGE_PIN}


def _is_guessed_soon(file: Path) -> bool:
    try:
        pin = named_files.page_pin(file)
    except named_files.BadFile:  # a mistake already
        return False
    return len(pin) < GOOD_PAGE_PIN or len(set(pin)) == 1 or pin in "01234567890\n09876543210"


def _bands(settings: SettingsFile, bands: Bands, around: Surroundings) -> Iterator[Doubt]:
    """Bands that nothing would hear, and more lasting connections than an adapter holds."""
    bluetooth = settings.bluetooth
    count = Counter(around.transports[band.driver] for band in bands.values())
    if not bands:
        yield ("wristband",), "no_bands", {}
    heard_by_hubs = any(port.driver in hubs() for port in settings.serial)
    unheard = count["connection"] + (0 if heard_by_hubs else count["advertisement"])
    if unheard and not bluetooth.enabled and not settings.relay:
        yield ("bluetooth", "enabled"), "no_radio", {"bands": unheard}
    lasting = sum(band.driver in streaming() for band in bands.values())
    if bluetooth.enabled and not settings.relay and lasting > bluetooth.connections * max(1, len(bluetooth.adapters)):
        yield ("bluetooth", "connections"), "few_slots", {"bands": lasting, "slots": bluetooth.connections}


def _deaf(bands: Bands) -> Iterator[Doubt]:
    """Bands whose press is an identity that nobody enrolled: it would never be heard."""
    lengths = identities()
    for band in bands.values():
        fitting = lengths.get(band.driver, ())
        if fitting and len(band.key or b"") not in fitting:
            digits = " / ".join(str(2 * length) for length in fitting)
            yield ("wristband",), "no_identity", {"address": band.address, "driver": band.driver, "digits": digits}


def _ports(settings: SettingsFile, bands: Bands) -> Iterator[Doubt]:
    """Devices whose measurements would be kept for nobody."""
    docked = {band.port for band in bands.values()}
    for number, port in enumerate(settings.serial):
        if port.driver not in hubs() and port.name not in docked:
            yield ("serial", number, "driver"), "nothing_docked", {"driver": port.driver}
    enrolled = {band.driver for band in bands.values()}
    for number, listener in enumerate(settings.watches):
        if listener.driver not in enrolled:
            yield ("watches", number, "driver"), "no_watch_enrolled", {"driver": listener.driver}

"""What a valid configuration says, as plain values: this is what the running gateway holds, without what checks them.

Every key of `schema.py`, which has the words for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct, convert

from gateway.duty.duty_list import DutyList
from gateway.duty.responders import Volunteers
from gateway.language import Language
from gateway.readings import Enrolment

STEPS = ("receipt_s", "person_s", "again_s", "repeat_s", "next_phone_s", "second_path_for")
GEOFENCE = "geofence"


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing has a default here: a key that the schema has and this lacks, or the other way round, lets no file pass."""


class GatewaySettings(_Section, frozen=True, kw_only=True):
    """Who this gateway is."""

    id: str
    language: Language
    data_dir: Path
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        """The time zone, ready for use."""
        return ZoneInfo(self.time_zone)


class MqttSettings(_Section, frozen=True, kw_only=True):
    """The way to the platform."""

    hosts: tuple[str, ...]
    host: str | None
    insecure: bool
    tls: bool
    port: int
    version: Literal["5", "3.1.1"]
    client_id: str | None
    keep_alive_s: int
    max_message_kb: int
    will: bool
    retain: bool
    username: str | None
    password_file: Path | None
    ca_file: Path | None
    key_file: Path | None
    cert_file: Path | None
    root: str
    format: Literal["native"]
    alerts_need: Literal["receipt", "puback"]
    readings_need: Literal["puback", "receipt"]
    backlog_messages_per_s: int

    @property
    def brokers(self) -> tuple[tuple[str, int], ...]:
        """Host and port of each broker, in the order in which they are tried."""
        if self.host is not None:
            return ((self.host, self.port),)
        return tuple(_host_and_port(broker, self.port) for broker in self.hosts)


def _host_and_port(broker: str, port: int) -> tuple[str, int]:
    """`name`, `name:port`, `[address]`, `[address]:port`."""
    parts = re.fullmatch(r"\[?([^\]]*?)\]?(?::([0-9]+))?", broker)
    return (parts[1], int(parts[2] or port)) if parts else (broker, port)


class SerialSettings(_Section, frozen=True, kw_only=True):
    """A device or a hub at a serial port."""

    name: str
    port: str
    driver: str
    baud: int | None
    parity: Literal["none", "even", "odd"]
    shared: bool
    sign_in_s: int


class BluetoothSettings(_Section, frozen=True, kw_only=True):
    """The radio of this machine."""

    enabled: bool
    adapters: tuple[str, ...]
    connections: int


class WatchesSettings(_Section, frozen=True, kw_only=True):
    """Where watches on mobile data may call."""

    listen: str
    driver: str

    @property
    def name(self) -> str:
        """What it is called in messages and logs, among the ports."""
        return f"watches:{self.listen.rpartition(':')[2]}"


class RelaySettings(_Section, frozen=True, kw_only=True):
    """An ESPHome Bluetooth proxy in another house."""

    host: str
    port: int
    psk_file: Path
    name: str


class RosterSettings(_Section, frozen=True, kw_only=True):
    """The list of wristbands as a table."""

    file: Path | None


class Wristband(_Section, frozen=True, kw_only=True):
    """One wristband, in the configuration itself."""

    address: str
    driver: str
    wearer: str
    room: str
    model: str | None
    port: str | None
    sos_button: tuple[str, ...] | None
    key_file: Path | None


class DrillSettings(_Section, frozen=True, kw_only=True):
    """When the first press of a wearer is a test."""

    wearer: str
    day: int
    from_: str
    to: str


class DutySettings(_Section, frozen=True, kw_only=True):
    """What happens when nobody answers an alert."""

    phones_file: Path | None
    responders_file: Path | None
    receipt_s: int
    person_s: int
    again_s: int
    repeat_s: int
    next_phone_s: int
    second_path_for: Literal["critical", "warning"]
    sms_per_day: int
    on_alert: tuple[str, ...] | None
    self_test: str | None
    drill: tuple[DrillSettings, ...]

    @property
    def times(self) -> dict[str, Any]:
        """When each step is taken, and for which alerts."""
        return {name: getattr(self, name) for name in STEPS}


class ModemSettings(_Section, frozen=True, kw_only=True):
    """The modem that sends SMS: the second path."""

    port: str
    baud: int
    pin_file: Path | None
    country: str


class SupervisionSettings(_Section, frozen=True, kw_only=True):
    """When the silence of a band, or one that is not worn, is told. 0: never."""

    silent_warning_min: int
    silent_critical_min: int
    off_wrist_min: int
    wearing_hours: str
    battery_percent: int


class HomeSettings(_Section, frozen=True, kw_only=True):
    """Where the center is, and how far its wearers are expected to go."""

    latitude: float
    longitude: float
    geofence_m: int


class GeofenceSettings(_Section, frozen=True, kw_only=True):
    """The home of one wearer, and how far they are expected to go."""

    latitude: float
    longitude: float
    radius_m: int


class PageSettings(_Section, frozen=True, kw_only=True):
    """The local page. `listen` is None: off."""

    listen: str | None
    pin_file: Path | None


class MetricsSettings(_Section, frozen=True, kw_only=True):
    """What Prometheus reads. `listen` is None: off."""

    listen: str | None


class StoreSettings(_Section, frozen=True, kw_only=True):
    """What is kept on the disk."""

    max_mb: int
    keep_delivered_days: int
    key_file: Path | None


class Settings(_Section, frozen=True, kw_only=True):
    """The whole file."""

    gateway: GatewaySettings
    mqtt: MqttSettings
    serial: tuple[SerialSettings, ...]
    bluetooth: BluetoothSettings
    relay: tuple[RelaySettings, ...]
    watches: tuple[WatchesSettings, ...]
    roster: RosterSettings
    wristband: tuple[Wristband, ...]
    rules: dict[str, Any]
    wearer: dict[str, Any]
    duty: DutySettings
    modem: ModemSettings | None
    supervision: SupervisionSettings
    home: HomeSettings | None
    page: PageSettings
    metrics: MetricsSettings
    store: StoreSettings

    @property
    def limits_by_wearer(self) -> dict[str, Any]:
        """What `[wearer]` says of the table of limits."""
        return {wearer: without_geofence(kinds) for wearer, kinds in self.wearer.items()}

    @property
    def geofences(self) -> Mapping[str, GeofenceSettings]:
        """The geofence of each wearer who has one of their own; it was checked with the file."""
        own = {wearer: kinds[GEOFENCE] for wearer, kinds in self.wearer.items() if GEOFENCE in kinds}
        return {wearer: convert(geofence, GeofenceSettings) for wearer, geofence in own.items()}


def without_geofence(kinds: object) -> object:
    """What `[wearer."W"]` says of the table of limits."""
    return {kind: limits for kind, limits in kinds.items() if kind != GEOFENCE} if isinstance(kinds, Mapping) else kinds


class Configuration(NamedTuple):
    """What a valid file says: the settings, the enrolled bands by address, and who is on duty."""

    settings: Settings
    bands: Mapping[str, Enrolment]
    duty_list: DutyList = DutyList()
    volunteers: Volunteers = Volunteers()

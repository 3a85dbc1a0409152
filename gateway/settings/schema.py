"""The settings as types: every key of `gateway.toml` with its unit, its rails and its default.

Reading the file, and telling what is wrong in it, is the work of `file.py`. What has to be known of the world
outside the file (its folder, the drivers, the ports) comes in as the validation context, a `values.Surroundings`.

A check over two keys stands at the later of the two, so that each mistake is found though others are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from drivers.measurement import Button
from gateway.language import Language
from gateway.settings.values import (
    USUAL_FOLDER,
    Adapter,
    Address,
    BandDriver,
    ClientId,
    Credential,
    DayHours,
    DayTime,
    File,
    HexKey,
    HostName,
    HostPort,
    Id,
    Name,
    Overrides,
    PortDriver,
    PortName,
    Program,
    TcpPort,
    Text,
    TimeZone,
    TopicRoot,
    Word,
    is_hub,
    mistake,
)


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        str_strip_whitespace=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )


class GatewaySettings(_Section):
    """Who this gateway is."""

    id: Id
    """Its name on the platform and its usual MQTT client id: letters, digits and -, at most 38 (some brokers take only 23)."""

    language: Language = "en"
    """Language of what people read: alert texts, and the mistakes in this file."""

    data_dir: File = USUAL_FOLDER
    """Folder of the databases. It needs room for `store.max_mb`, and 64 MB for alerts."""

    time_zone: TimeZone = "Asia/Shanghai"
    """Local time of this place, whatever the machine is set to: an IANA name such as "Asia/Shanghai"."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone, ready for use."""
        return ZoneInfo(self.time_zone)


class MqttSettings(_Section):
    """The way to the platform."""

    hosts: tuple[HostPort, ...] = ()
    """Several brokers, tried in order: "name:port", or "name" with `port`. Instead of `host`."""

    host: HostName | None = None
    """Name or address of the broker, without mqtt:// and without a port."""

    insecure: bool = False
    """Must be true where `tls` is false: everybody in the network can then read and change what is sent."""

    tls: bool = True
    """Encrypt the connection, and check the broker's certificate and name."""

    port: TcpPort = 8883
    """TCP port of the broker. Without it 8883, and 1883 where `tls` is false."""

    version: Literal["5", "3.1.1"] = "5"
    """Version of MQTT. Several public clouds speak only 3.1.1."""

    client_id: ClientId | None = None
    """MQTT client id, at most 256 bytes; several clouds ask for one of their own making. Without it: `gateway.id`."""

    keep_alive_s: Annotated[int, Field(ge=15, le=1200)] = 30
    """Seconds after which a silent connection is asked whether it still stands. Public clouds allow 30 and more."""

    max_message_kb: Annotated[int, Field(ge=2, le=60)] = 60
    """KB of the largest message. A broker that says that it takes less is obeyed by itself."""

    will: bool = True
    """Have the broker announce when the gateway is gone. false where the broker knows no will."""

    retain: bool = True
    """Have the broker keep the gateway's last state. false where the broker keeps nothing."""

    username: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """User name at the broker."""

    password_file: Credential | None = None
    """File with the password and nothing else, mode 0600; or the name of a systemd credential."""

    ca_file: Credential | None = None
    """Certificate of the authority that signed the broker's certificate (PEM). Without it: those the system trusts."""

    key_file: Credential | None = None
    """Private key of `cert_file` (PEM, without a pass phrase), mode 0600; or the name of a systemd credential."""

    cert_file: Credential | None = None
    """The gateway's own certificate (PEM), where the broker asks for one. Together with `key_file`."""

    root: TopicRoot = "lifering/v1"
    """Beginning of every topic, perhaps with / or $ first. With the id and 15 characters some clouds take 64 in all."""

    format: Literal["native"] = "native"
    """Form of the messages. This version speaks `native`."""

    alerts_need: Literal["receipt", "puback"] = "receipt"
    """What ends an alert's delivery: the platform's receipt, or already the broker's acknowledgement."""

    readings_need: Literal["puback", "receipt"] = "puback"
    """What ends a reading's delivery."""

    backlog_messages_per_s: Annotated[int, Field(ge=1, le=1000)] = 20
    """Messages per second at most while old readings are caught up on. Alerts are never held back."""

    @model_validator(mode="before")
    @classmethod
    def _usual_port(cls, given: object) -> object:
        return {"port": 1883, **given} if isinstance(given, Mapping) and given.get("tls") is False else given

    @field_validator("host")
    @classmethod
    def _host_or_hosts(cls, host: str | None, info: ValidationInfo) -> str | None:
        hosts = info.data.get("hosts")
        if host is None and hosts == ():
            raise mistake("host_missing", needs=("mqtt.host", "mqtt.hosts"))
        if host is not None and hosts:
            raise mistake("host_and_hosts")
        return host

    @field_validator("tls")
    @classmethod
    def _plain_text_is_said_aloud(cls, tls: bool, info: ValidationInfo) -> bool:
        if not tls and info.data.get("insecure") is False:
            raise mistake("tls_off", needs=("mqtt.insecure",))
        return tls

    @field_validator("password_file")
    @classmethod
    def _password_has_a_user(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file and info.data.get("username", file) is None:
            raise mistake("password_without_username", needs=("mqtt.username",))
        return file

    @field_validator("cert_file")
    @classmethod
    def _certificate_and_key(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        key = info.data.get("key_file", file)
        if file and key is None:
            raise mistake("cert_without_key", needs=("mqtt.key_file",))
        if key and file is None:
            raise mistake("key_without_cert", needs=("mqtt.cert_file",))
        return file

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


class SerialSettings(_Section):
    """A device or a hub at a serial port."""

    name: Name
    """What it is called in messages and logs."""

    port: PortName
    """Path, best one of /dev/serial/by-id/; or "vid:pid" or "vid:pid:serial" of a USB device, wherever it is plugged in."""

    driver: PortDriver
    """How it speaks: a serial driver, see `lifering drivers`."""

    baud: Annotated[int, Field(ge=300, le=4_000_000)] | None = None
    """Bits per second. Without it: the driver's usual."""

    parity: Literal["none", "even", "odd"] = "none"
    """Parity bit. Almost all devices have none; a wrong one breaks about half of the bytes."""

    shared: bool = False
    """A device that measures whoever sits down at it. One who pressed a key of their band before is the one who is measured."""

    sign_in_s: Annotated[int, Field(ge=10, le=600)] = 120
    """Seconds from that press to the measurement, at most."""

    @field_validator("shared")
    @classmethod
    def _hubs_are_not_sat_at(cls, shared: bool, info: ValidationInfo) -> bool:
        if shared and is_hub(info.data.get("driver"), info):
            raise mistake("shared_hub", name=info.data.get("driver"))
        return shared


class BluetoothSettings(_Section):
    """The radio of this machine."""

    enabled: bool = True
    """Listen with this machine's own adapters."""

    adapters: tuple[Adapter, ...] = ()
    """Which adapters, such as "hci0" or an adapter's address. Empty: all."""

    connections: Annotated[int, Field(ge=1, le=10)] = 5
    """Connections at once per adapter; most adapters hold 5 to 10."""


class RosterSettings(_Section):
    """The list of wristbands as a table."""

    file: File | None = None
    """CSV with the columns address,driver,wearer,room,key,model; UTF-8 or GB18030; the last two may be missing."""


class BandSettings(_Section):
    """A wristband, as both the roster and the configuration name it."""

    address: Address
    """Its Bluetooth address, such as C0:FF:EE:00:00:01. One that changes every 15 minutes cannot be enrolled."""

    driver: BandDriver
    """How it speaks, see `lifering drivers`. On a hub's own radio: the hub's driver."""

    wearer: Word
    """Pseudonym of the one who wears it, such as W-017. Names live on the platform."""

    room: Text = ""
    """Where the wearer lives, such as 3-201."""

    model: Text | None = None
    """Model, where the driver needs to know it."""


class Wristband(BandSettings):
    """One wristband, in the configuration itself."""

    port: Name | None = None
    """Name of the serial port that it is docked at. Needed where several ports have its driver."""

    sos_button: Annotated[tuple[Button, ...], Field(min_length=1)] | None = None
    """Which words of its key call for help, such as ["long_press"]. Without it: as the driver says. "sos" always does."""

    key_file: Credential | None = None
    """File with its key in hexadecimal digits, mode 0600; or the name of a systemd credential."""


class RosterRow(BandSettings):
    """One wristband, a line of the roster."""

    key: Annotated[HexKey | None, Field(repr=False)] = None
    """Its key in hexadecimal digits: 32, for some devices 24 or 40."""


class DrillSettings(_Section):
    """When the first press of a wearer is a test."""

    wearer: Word
    """Whose press it is."""

    day: Annotated[int, Field(ge=1, le=31)]
    """Day of the month; of a shorter month its last."""

    from_: DayTime = Field(alias="from")
    """Local time at which it begins, such as "10:00"."""

    to: DayTime
    """Local time at which it ends; may be the next day."""

    @field_validator("to")
    @classmethod
    def _some_time_between(cls, to: str, info: ValidationInfo) -> str:
        if to == info.data.get("from_"):
            raise mistake("hours_are_empty", shown=f"{to}-{to}")
        return to


STEPS = ("receipt_s", "person_s", "again_s", "repeat_s", "next_phone_s", "second_path_for")


class DutySettings(_Section):
    """What happens when nobody answers an alert."""

    phones_file: File | None = None
    """CSV with the columns name,phone,days,hours,test: who is asked by SMS, in this order. UTF-8 or GB18030."""

    responders_file: File | None = None
    """CSV with the columns name,phone,latitude,longitude,days,hours: volunteers who are named to those who are asked."""

    receipt_s: Annotated[int, Field(ge=10, le=120)] = 30
    """Seconds without a receipt of the platform after which the second path opens."""

    person_s: Annotated[int, Field(ge=15, le=600)] = 60
    """Seconds without a person's answer after which the alert is escalated. Not below `receipt_s`."""

    again_s: Annotated[int, Field(ge=30, le=1800)] = 180
    """Seconds after which it is escalated again; also where it was acknowledged and nobody was sent. Above `person_s`."""

    repeat_s: Annotated[int, Field(ge=30, le=3600)] = 300
    """Seconds between all further escalations, until a person acknowledges."""

    next_phone_s: Annotated[int, Field(ge=20, le=300)] = 60
    """Seconds after which the next phone is asked."""

    second_path_for: Literal["critical", "warning"] = "critical"
    """These alerts, and what is more urgent, take the second path."""

    sms_per_day: Annotated[int, Field(ge=1, le=5000)] = 200
    """Parts of SMS in 24 hours at most; what is reached holds back all but critical alerts."""

    on_alert: Program | None = None
    """A local light or buzzer: a command and its arguments, run without a shell; the alert as one line of JSON on its stdin."""

    self_test: DayTime | None = None
    """Time of day, such as "09:00", at which both paths are tested; the result is told where it fails."""

    drill: tuple[DrillSettings, ...] = ()
    """When the first press of a wearer is a test, once a month."""

    @property
    def times(self) -> dict[str, Any]:
        """When each step is taken, and for which alerts."""
        return self.model_dump(include=set(STEPS))

    @field_validator("person_s")
    @classmethod
    def _a_person_after_the_platform(cls, person_s: int, info: ValidationInfo) -> int:
        least = info.data.get("receipt_s", person_s)
        if person_s < least:
            raise mistake("below_another", other="receipt_s", least=least, shown=str(person_s))
        return person_s

    @field_validator("again_s")
    @classmethod
    def _again_after_the_first_time(cls, again_s: int, info: ValidationInfo) -> int:
        least = info.data.get("person_s", again_s - 1)
        if again_s <= least:
            raise mistake("not_above_another", other="person_s", least=least, shown=str(again_s))
        return again_s


class ModemSettings(_Section):
    """The modem that sends SMS: the second path."""

    port: PortName
    """Path, best one of /dev/serial/by-id/; or "vid:pid" or "vid:pid:serial" of a USB device."""

    baud: Annotated[int, Field(ge=300, le=4_000_000)] = 115_200
    """Bits per second."""

    pin_file: Credential | None = None
    """File with the PIN of the SIM, mode 0600; or the name of a systemd credential."""

    country: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{0,3}$")] = "+86"
    """Country code of numbers that are written without one."""


Minutes = Annotated[int, Field(ge=0, le=1440)]


class SupervisionSettings(_Section):
    """When the silence of a band, or one that is not worn, is told. 0: never."""

    silent_warning_min: Minutes = 60
    """Minutes of wearing hours without a word of a band that is worn, until a warning."""

    silent_critical_min: Minutes = 0
    """Minutes of wearing hours until the silence is critical."""

    off_wrist_min: Minutes = 30
    """Minutes of wearing hours off the wrist, until a warning."""

    wearing_hours: DayHours = "07:00-21:30"
    """When bands are worn, local time; time outside does not count."""

    battery_percent: Annotated[int, Field(ge=0, le=99)] = 20
    """Charge at which a band's battery is told; at half of it once more. 0: never."""

    @field_validator("wearing_hours")
    @classmethod
    def _some_time_between(cls, hours: str) -> str:
        begin, _, end = hours.partition("-")
        if begin == end:
            raise mistake("hours_are_empty", shown=hours)
        return hours


class HomeSettings(_Section):
    """Where the center is, and how far its wearers are expected to go."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    """Degrees, WGS 84; north is positive."""

    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees, WGS 84; east is positive."""

    geofence_m: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Metres around the wearer's home; who leaves it is told. 0: off."""


class GeofenceSettings(_Section):
    """The home of one wearer, and how far they are expected to go: `[wearer."W-017".geofence]`."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    """Degrees, WGS 84; north is positive."""

    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees, WGS 84; east is positive."""

    radius_m: Annotated[int, Field(ge=0, le=1_000_000)]
    """Metres around the home; who leaves it is told. 0: off for this wearer."""


GEOFENCE = "geofence"


class StoreSettings(_Section):
    """What is kept on the disk."""

    max_mb: Annotated[int, Field(ge=16, le=1_000_000)] = 2048
    """MB for readings. Alerts have 64 MB of their own on top."""

    keep_delivered_days: Annotated[int, Field(ge=0, le=3650)] = 7
    """Days for which delivered readings are kept."""

    key_file: Credential | None = None
    """File with a key of 32 bytes in hexadecimal digits or base64, mode 0600; or the name of a systemd credential. With it
    what is stored of people is encrypted. Further lines: keys of earlier days."""


class Settings(_Section):
    """The configuration of a gateway: the whole file."""

    gateway: GatewaySettings
    mqtt: MqttSettings
    serial: tuple[SerialSettings, ...] = ()
    bluetooth: BluetoothSettings = BluetoothSettings()
    roster: RosterSettings = RosterSettings()
    wristband: tuple[Wristband, ...] = ()

    rules: Overrides = {}
    """Other limits than those of the default table, by kind of reading. Inside its rails."""

    wearer: Overrides = {}
    """Other limits for one wearer, by kind of reading, with `reason` and `by`."""

    duty: DutySettings = DutySettings()
    modem: ModemSettings | None = None
    supervision: SupervisionSettings = SupervisionSettings()
    home: HomeSettings | None = None
    store: StoreSettings = StoreSettings()

    @property
    def limits_by_wearer(self) -> Overrides:
        """What `[wearer]` says of the table of limits."""
        return {wearer: without_geofence(kinds) for wearer, kinds in self.wearer.items()}

    @property
    def geofences(self) -> Mapping[str, GeofenceSettings]:
        """The geofence of each wearer who has one of their own; it was checked with the file."""
        own = {wearer: kinds[GEOFENCE] for wearer, kinds in self.wearer.items() if GEOFENCE in kinds}
        return {wearer: GeofenceSettings.model_validate(geofence) for wearer, geofence in own.items()}


def without_geofence(kinds: object) -> object:
    """What `[wearer."W"]` says of the table of limits."""
    return {kind: limits for kind, limits in kinds.items() if kind != GEOFENCE} if isinstance(kinds, Mapping) else kinds

"""`[mqtt]`: the way to the platform.

A check over two keys stands at the later of the two, so that each mistake is found though others are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from gateway.settings.sections.section import Section
from gateway.settings.values import ClientId, Credential, HostName, HostPort, TcpPort, TopicRoot, mistake


class MqttSection(Section):
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

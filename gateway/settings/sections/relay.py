"""`[[relay]]`: an ESPHome Bluetooth proxy in another house."""

from __future__ import annotations

from gateway.settings.sections.section import Section
from gateway.settings.values import Credential, HostName, RelayName, TcpPort


class RelaySection(Section):
    """A Bluetooth proxy of ESPHome that hears and connects to wristbands which no adapter of this machine reaches."""

    host: HostName
    """Its address in the network, which the router is to keep for it; or a name that the network's name server knows."""

    port: TcpPort = 6053
    """Port of its API."""

    psk_file: Credential
    """File with the key of its API (`api: encryption: key:`), mode 0600; or the name of a systemd credential."""

    name: RelayName
    """Its name in ESPHome (`esphome: name:`), by which it is recognised, and shown among the adapters."""

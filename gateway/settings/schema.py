"""The whole of `gateway.toml` as a type; its sections are in `sections/`.

Reading the file, and telling what is wrong in it, is the work of `file.py`. What has to be known of the world
outside the file (its folder, the drivers, the ports) comes in as the validation context, a `values.Surroundings`.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from gateway.settings.sections.bands import RosterSettings, Wristband
from gateway.settings.sections.bluetooth import BluetoothSettings
from gateway.settings.sections.duty import DutySettings
from gateway.settings.sections.gateway import GatewaySettings
from gateway.settings.sections.home import GeofenceSettings, HomeSettings
from gateway.settings.sections.modem import ModemSettings
from gateway.settings.sections.mqtt import MqttSettings
from gateway.settings.sections.section import Section
from gateway.settings.sections.serial import SerialSettings
from gateway.settings.sections.store import StoreSettings
from gateway.settings.sections.supervision import SupervisionSettings
from gateway.settings.values import Overrides

GEOFENCE = "geofence"


class Settings(Section):
    """The configuration of a gateway: the whole file."""

    gateway: GatewaySettings
    mqtt: MqttSettings
    serial: tuple[SerialSettings, ...] = ()
    bluetooth: BluetoothSettings = BluetoothSettings()
    roster: RosterSettings = RosterSettings()
    wristband: tuple[Wristband, ...] = ()

    rules: Overrides = Field(default={})
    """Other limits than those of the default table, by kind of reading. Inside its rails."""

    wearer: Overrides = Field(default={})
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

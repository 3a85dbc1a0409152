"""The whole of `gateway.toml` as a type; its sections are in `sections/`.

Reading the file, and telling what is wrong in it, is the work of `file.py`. What has to be known of the world
outside the file (its folder, the drivers, the ports) comes in as the validation context, a `values.Surroundings`.
"""

from __future__ import annotations

from pydantic import Field

from gateway.settings.sections.bands import RosterSection, WristbandSection
from gateway.settings.sections.bluetooth import BluetoothSection
from gateway.settings.sections.duty import DutySection
from gateway.settings.sections.gateway import GatewaySection
from gateway.settings.sections.home import HomeSection
from gateway.settings.sections.modem import ModemSection
from gateway.settings.sections.mqtt import MqttSection
from gateway.settings.sections.page import MetricsSection, PageSection
from gateway.settings.sections.relay import RelaySection
from gateway.settings.sections.section import Section
from gateway.settings.sections.serial import SerialSection
from gateway.settings.sections.store import StoreSection
from gateway.settings.sections.supervision import SupervisionSection
from gateway.settings.sections.watches import WatchesSection
from gateway.settings.values import Overrides


class SettingsFile(Section):
    """The configuration of a gateway: the whole file."""

    gateway: GatewaySection
    mqtt: MqttSection
    serial: tuple[SerialSection, ...] = ()
    bluetooth: BluetoothSection = BluetoothSection()
    relay: tuple[RelaySection, ...] = ()
    watches: tuple[WatchesSection, ...] = ()
    roster: RosterSection = RosterSection()
    wristband: tuple[WristbandSection, ...] = ()

    rules: Overrides = Field(default={})
    """Other limits than those of the default table, by kind of reading. Inside its rails."""

    wearer: Overrides = Field(default={})
    """Other limits for one wearer, by kind of reading, with `reason` and `by`."""

    duty: DutySection = DutySection()
    modem: ModemSection | None = None
    supervision: SupervisionSection = SupervisionSection()
    home: HomeSection | None = None
    page: PageSection = PageSection()
    metrics: MetricsSection = MetricsSection()
    store: StoreSection = StoreSection()

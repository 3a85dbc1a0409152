"""The serial ports, the radio and the uplink, made of the settings; each is renewed only where its own settings change."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from drivers.driver import ConnectionDriver, SerialDriver, Signal, WatchDriver
from gateway.channels.mqtt.broker import Address, Broker, Tls
from gateway.channels.mqtt.uplink import Uplink
from gateway.channels.sms.second_path import MODEM
from gateway.clock import Clock
from gateway.driver_bugs import DriverFaults
from gateway.jobs import Job, Key, RenewableJobs
from gateway.language import Language
from gateway.readings import Enrolment
from gateway.roster import Roster
from gateway.second_path import SecondPaths
from gateway.settings.configuration import (
    BluetoothSettings,
    ModemSettings,
    MqttSettings,
    SerialSettings,
    Settings,
    WatchesSettings,
)
from gateway.settings.listen_address import host_and_port
from gateway.sources.ble.backends import Backends
from gateway.sources.ports import OpenPort
from gateway.sources.receiver import Receiver
from gateway.sources.recording import Recording
from gateway.sources.serial_port import SerialPort
from gateway.sources.signals import Way
from gateway.sources.unfinished import UnfinishedFrames
from gateway.sources.watch_listener import WatchListener
from gateway.supervision.fault_watch import SeenFault
from gateway.words.watches import SIGNALS

if TYPE_CHECKING:
    from gateway.channels.sms.modem import Modem
    from gateway.sources.ble.bluetooth import Bluetooth
    from gateway.sources.ble.relays.relay import Relay
    from gateway.sources.ble.scanning import BleScanner

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class SourceFactory:
    """What ports and radio are made with. `local_time`: the wall clock of this place in ISO 8601; `language`: of what a watch
    shows, asked anew each time.
    """

    clock: Clock
    local_time: Callable[[], str]
    roster: Roster
    receiver: Receiver
    faults: DriverFaults
    open_port: OpenPort
    backends: Backends
    recording: Recording | None
    unfinished: UnfinishedFrames
    language: Callable[[], Language]

    def port(self, settings: SerialSettings) -> SerialPort:
        """A configured port."""
        driver = self.roster.drivers[settings.driver]
        assert isinstance(driver, SerialDriver)  # the configuration was checked for it
        return SerialPort(
            settings.name,
            settings.port,
            driver,
            settings.baud or driver.baud,
            self.receiver,
            self.faults,
            parity=settings.parity,
            local_time=self.local_time,
            open_port=self.open_port,
            recording=self.recording,
            unfinished=self.unfinished,
        )

    def watches(self, settings: WatchesSettings) -> WatchListener:
        """A listener for watches."""
        driver = self.roster.drivers[settings.driver]
        assert isinstance(driver, WatchDriver)  # the configuration was checked for it
        place = host_and_port(settings.listen)
        return WatchListener(settings.name, place, driver, self.roster, self.receiver, self.faults, self._in_words)

    def _in_words(self, signal: Signal) -> str:
        return SIGNALS[signal].of(self.language())

    def radio(self, settings: BluetoothSettings) -> Bluetooth:
        """The adapters of this machine, where they are to be used, and what relays hear."""
        from gateway.sources.ble.bluetooth import Bluetooth  # bleak and D-Bus take 4 MB: only who has a radio pays for them

        return Bluetooth(
            settings.adapters if settings.enabled else None,
            self.roster,
            self.receiver,
            self.clock,
            self.local_time,
            self.faults,
            connections=settings.connections,
            backends=self.backends,
            recording=self.recording,
        )


class Equipment:
    """`ports`, `adapters`, `links` and `modems` by name, always as they are now. `hearing` and `sending` are to be run."""

    def __init__(
        self,
        sources: SourceFactory,
        uplink: Callable[[MqttSettings], Uplink],
        settings: Settings,
        second_paths: SecondPaths,
    ) -> None:
        self._sources, self._uplink, self._second_paths = sources, uplink, second_paths
        self._modems: dict[ModemSettings, Modem] = {}
        self.modems: dict[str, Modem] = {}
        self._ports: dict[SerialSettings, SerialPort] = {}
        self._radios: dict[BluetoothSettings, Bluetooth] = {}
        self._uplinks: dict[MqttSettings, Uplink] = {}
        self._listeners: dict[WatchesSettings, WatchListener] = {}
        self.ports: dict[str, SerialPort | WatchListener] = {}
        self.adapters: ChainMap[str, BleScanner | Relay] = ChainMap()
        self.links: dict[str, Uplink] = {}
        self.hearing = RenewableJobs({})
        self.sending = RenewableJobs({})
        self.use(settings)

    def use(self, settings: Settings) -> None:
        """These settings from now on; what they leave as it is goes on undisturbed. A port of a plug-in that this process could
        not import, though the one that read the file could, stays closed."""
        serial = [one for one in settings.serial if one.driver in self._sources.roster.drivers]
        radios = [settings.bluetooth] if settings.bluetooth.enabled or settings.relay else []
        watches = [one for one in settings.watches if one.driver in self._sources.roster.drivers]
        self._ports = {one: self._ports.get(one) or self._sources.port(one) for one in serial}
        self._listeners = {one: self._listeners.get(one) or self._sources.watches(one) for one in watches}
        self._radios = {one: self._radios.get(one) or self._sources.radio(one) for one in radios}
        for radio in self._radios.values():
            radio.use(settings.relay)
        self._uplinks = {one: self._uplinks.get(one) or self._uplink(one) for one in [settings.mqtt]}
        _fill(self.ports, {one.name: one for one in self._ports.values()} | {one.name: one for one in self._listeners.values()})
        self.adapters.maps[:] = [radio.scanners for radio in self._radios.values()]
        _fill(self.links, {"mqtt": self._uplinks[settings.mqtt]})
        ports: dict[Key, Job] = {(f"port {one.name}", one): port.run for one, port in self._ports.items()}
        ports |= {(one.name, one): listener.run for one, listener in self._listeners.items()}
        self.hearing.want(ports | {("bluetooth", one): radio.run for one, radio in self._radios.items()})
        uplinks: dict[Key, Job] = {("uplink", one): uplink.run for one, uplink in self._uplinks.items()}
        self.sending.want(uplinks | self._sms(settings.modem))

    def _sms(self, settings: ModemSettings | None) -> dict[Key, Job]:
        """The modem, and who sends through it."""
        modems = [settings] if settings else []
        self._modems = {one: self._modems.get(one) or self._second_paths.modem(one) for one in modems}
        _fill(self.modems, dict(zip([MODEM], self._modems.values(), strict=False)))
        jobs: dict[Key, Job] = {("modem", one): modem.run for one, modem in self._modems.items()}
        return jobs | {("second path", one): partial(self._second_paths.sms.run, modem) for one, modem in self._modems.items()}

    def put_off(self) -> list[str]:
        """The bands that are left alone for long, since bluetoothd died while it connected to them."""
        return [address for radio in self._radios.values() for address in radio.put_off]

    def unpaired(self) -> list[SeenFault]:
        """The bands that a person has to pair, and whose they are."""
        addresses = [address for radio in self._radios.values() for address in radio.unpaired]
        bands = [band for address in addresses if (band := self._sources.roster.band(address))]
        return [SeenFault(fault="band_unpaired", device=band.address, wearer=band.wearer, room=band.room) for band in bands]

    def undecided(self, address: str) -> bool:
        """Whether nobody can say yet whether this band is paired."""
        return any(radio.undecided(address) for radio in self._radios.values())

    def ways_to(self, band: Enrolment) -> Sequence[Way]:
        """Who can speak to this band: the radio where it is connected to, else the hubs that hear bands of its driver."""
        if self._radios and isinstance(self._sources.roster.driver_of(band), ConnectionDriver):
            return list(self._radios.values())
        if listeners := [listener for one, listener in self._listeners.items() if one.driver == band.driver]:
            return listeners
        return [port for one, port in self._ports.items() if one.driver == band.driver and band.port in (None, "", one.name)]


def broker_of(mqtt: MqttSettings, gateway: str) -> Broker:
    """Where and how to connect."""
    return Broker(
        addresses=tuple(Address(host, port) for host, port in mqtt.brokers),
        client_id=mqtt.client_id or gateway,
        version=mqtt.version,
        keep_alive_s=mqtt.keep_alive_s,
        username=mqtt.username,
        password_file=mqtt.password_file,
        tls=Tls(mqtt.ca_file, mqtt.cert_file, mqtt.key_file) if mqtt.tls else None,
        max_message_bytes=mqtt.max_message_kb * 1000,
        will=mqtt.will,
        retain=mqtt.retain,
    )


def _fill(live: dict[str, T], now: Mapping[str, T]) -> None:
    """Others hold this dictionary."""
    live.clear()
    live.update(now)

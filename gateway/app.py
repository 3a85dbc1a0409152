"""The whole daemon on one page: what it is made of, and every task it runs.

The upper half (sources, pipeline) and the lower half (desk, uplink) meet only on the disk. Stopping is cancelling: first
the sources, then, when the last reading is on the disk, the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import version

import structlog

from drivers import all_drivers, plug_ins
from drivers.driver import Driver, SerialDriver
from gateway.alerts.book import AlertBook
from gateway.alerts.deliveries import Deliveries
from gateway.alerts.desk import Desk
from gateway.alerts.technical import technical
from gateway.alerts.wearer import tell_wearers
from gateway.channels.mqtt.broker import Address, Broker, Tls
from gateway.channels.mqtt.uplink import Uplink
from gateway.clock import Clock, SystemClock, local_time
from gateway.commands import Router
from gateway.driver_bugs import DriverFaults
from gateway.formats.native import NativeFormat
from gateway.health import Health, disk_state
from gateway.intake.intake import Intake
from gateway.intake.sign_in import SignIns
from gateway.pipeline import Pipeline
from gateway.roster import Roster
from gateway.rules.engine import RuleEngine
from gateway.settings.file import Configuration
from gateway.settings.schema import Settings
from gateway.settings.shipped import shipped_table
from gateway.snapshot import Parts, Snapshot, snapshot_of
from gateway.sources.bluetooth import Bluetooth
from gateway.sources.bluez import Backends
from gateway.sources.receiver import Receiver
from gateway.sources.serial_port import SerialPort
from gateway.sources.signals import Signals
from gateway.store.opening import Stores, open_stores
from gateway.systemd_notify import feed_watchdog

log = structlog.get_logger()

Job = Callable[[], Coroutine[None, None, None]]

TICK_S = 5.0
RETAIN_EVERY_S = 60.0
FIRST_TRY_S = 5.0  # an adapter may need longer; the gateway does not wait for it
LAST_COMMIT_S = 2.5  # stopping takes at most ten seconds in all


async def run(
    configuration: Configuration,
    stop: asyncio.Event,
    *,
    backends: Backends | None = None,
    clock: Clock | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Run the gateway until `stop` is set. `ready` is called once sources, store and rules work; the broker may be away.

    `backends`: bleak's backend classes, where virtual bands take the address of the radio.
    """
    clock = clock or SystemClock()
    for plug_in, why in plug_ins().broken.items():
        log.error("a driver of another package is broken", plug_in=plug_in, why=why)
    keep, who = configuration.settings.store, configuration.settings.gateway
    stores = await open_stores(who.data_dir, who.id, clock, keep.max_mb, keep.keep_delivered_days)
    try:
        await Gateway(configuration, stores, clock, backends or Backends()).live(stop, ready)
    finally:
        await stores.close()


class Gateway:
    """All parts of the running gateway, and what connects them."""

    def __init__(self, configuration: Configuration, stores: Stores, clock: Clock, backends: Backends) -> None:
        settings, enrolments = configuration
        zone = settings.gateway.zone
        drivers: dict[str, Driver] = {driver.name: driver for driver in all_drivers()}
        self._roster, faults = Roster(drivers, enrolments), DriverFaults()
        rules = shipped_table().with_overrides(settings.rules, settings.wearer)
        self._clock, self._stores = clock, stores
        book = AlertBook(
            gateway=settings.gateway.id,
            epoch=stores.epoch,
            language=lambda: settings.gateway.language,
            store=stores.alerts,
            clock=clock,
        )
        self._desk = Desk(book, clock)
        sign_ins = SignIns({port.name: port.sign_in_s for port in settings.serial if port.shared})
        self._pipeline = Pipeline(
            roster=self._roster, rules=RuleEngine(rules), readings=stores.readings, desk=self._desk, clock=clock
        )
        self._intake = Intake(
            roster=self._roster,
            pipeline=self._pipeline,
            readings=stores.readings,
            desk=self._desk,
            clock=clock,
            zone=zone,
            sign_ins=sign_ins,
            faults=faults,
        )
        self._ports = serial_ports(settings, drivers, self._intake, partial(local_time, clock, zone), faults)
        self._bluetooth = bluetooth(settings, self._roster, self._intake, clock, backends, faults)
        self._signals = Signals(self._roster, self._ports, self._bluetooth)
        deliveries = Deliveries(book, self._desk, clock, need=settings.mqtt.alerts_need)
        self._uplink = Uplink(
            broker_of(settings),
            message_format=NativeFormat(settings.gateway.id, settings.mqtt.root),
            alerts=deliveries,
            receipts=deliveries.receipt,
            router=Router(self._desk.handlers, stores.alerts, clock),
            readings=stores.readings,
            clock=clock,
            snapshot=self._snapshot,
            alerts_need=settings.mqtt.alerts_need,
            readings_need=settings.mqtt.readings_need,
            backlog_messages_per_s=settings.mqtt.backlog_messages_per_s,
        )
        ports = {port.name: port for ports in self._ports.values() for port in ports}
        adapters = self._bluetooth.scanners if self._bluetooth else {}
        self._health = Health(
            clock=clock,
            readings=stores.readings,
            alerts=stores.alerts,
            desk=self._desk,
            ports=ports,
            adapters=adapters,
            roster=self._roster,
            heard=self._intake,
            link=self._uplink,
        )
        self._parts = Parts(
            gateway=settings.gateway.id,
            epoch=stores.epoch,
            version=version("lifering"),
            started_s=clock.monotonic_s(),
            clock=clock,
            account=stores.readings,
            alerts=self._desk,
            roster=self._roster,
            heard=self._intake,
            last=self._pipeline.last_readings,
            ports=ports,
            adapters=adapters,
            links={"mqtt": self._uplink},
            disk=lambda: disk_state(settings.gateway.data_dir, self._health.disk_fault),
            faults=self._health.faults,
            driver_faults=lambda: faults.counts,
            evicted_by_reason=lambda: self._health.evicted_by_reason,
        )

    def _snapshot(self) -> Snapshot:
        return snapshot_of(self._parts)

    async def live(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Take up what was open, start everything, and end in order when `stop` is set."""
        await self._take_up()
        async with asyncio.TaskGroup() as lower:
            keeping = start(lower, self._lower_half())
            async with asyncio.TaskGroup() as upper:
                hearing = start(upper, self._upper_half())
                await completes_within(FIRST_TRY_S, self._sources_tried())
                ready()
                await stop.wait()
                cancel(hearing)
            if not await completes_within(LAST_COMMIT_S, self._stores.readings.flush()):
                log.error("the last readings could not be stored", why=self._stores.readings.fault)
            cancel(keeping)

    async def _sources_tried(self) -> None:
        """Returns when each port and adapter is open, or has said why not."""
        for source in self._health.sources:
            await source.tried.wait()

    async def _take_up(self) -> None:
        await self._desk.resume()
        self._intake.warm_up(await self._stores.alerts.memories())
        await self._pipeline.warm_up()
        for incident in self._stores.incidents:
            await self._desk.find(technical("store_repaired", self._clock.wall_ms(), device=incident))

    def _upper_half(self) -> Mapping[str, Job]:
        """From the air to the disk; works with no network."""
        jobs: dict[str, Job] = {f"port {port.name}": port.run for ports in self._ports.values() for port in ports}
        return jobs | {"bluetooth": self._bluetooth.run} if self._bluetooth else jobs

    def _lower_half(self) -> Mapping[str, Job]:
        """From the disk to the people; works with no radio."""
        return {
            "alerts": self._stores.alerts.run,
            "readings": self._stores.readings.run,
            "retention": partial(every, RETAIN_EVERY_S, self._retain),
            "rules": partial(every, TICK_S, self._pipeline.tick),
            "ladder": self._desk.watch,
            "silent ports": partial(every, TICK_S, self._intake.tick),
            "health": self._health.watch,
            "wearers": partial(tell_wearers, self._desk, self._signals.signal),
            "uplink": self._uplink.run,
            "watchdog": partial(feed_watchdog, self._alive),
        }

    async def _retain(self) -> None:
        await self._stores.retain(self._clock.wall_ms())

    async def _alive(self) -> None:
        """Returns when both databases have answered: the loop turns, and their threads do."""
        await self._stores.alerts.open_alerts()
        await self._stores.readings.batches(self._stores.readings.last_batch, self._stores.readings.last_batch)


# --- out of the settings --------------------------------------------------------------------------------------------


def serial_ports(
    settings: Settings,
    drivers: Mapping[str, Driver],
    receiver: Receiver,
    local_time: Callable[[], str],
    faults: DriverFaults,
) -> dict[str, list[SerialPort]]:
    """The configured ports, by the name of their driver."""
    ports: dict[str, list[SerialPort]] = {}
    for port in settings.serial:
        driver = drivers[port.driver]
        assert isinstance(driver, SerialDriver)  # the configuration was checked for it
        baud = port.baud or driver.baud
        opened = SerialPort(port.name, port.port, driver, baud, receiver, faults, parity=port.parity, local_time=local_time)
        ports.setdefault(port.driver, []).append(opened)
    return ports


def bluetooth(
    settings: Settings, roster: Roster, receiver: Receiver, clock: Clock, backends: Backends, faults: DriverFaults
) -> Bluetooth | None:
    """The radio, where it is wanted."""
    if not settings.bluetooth.enabled:
        return None
    return Bluetooth(
        settings.bluetooth.adapters,
        roster,
        receiver,
        clock,
        partial(local_time, clock, settings.gateway.zone),
        faults,
        connections=settings.bluetooth.connections,
        backends=backends,
    )


def broker_of(settings: Settings) -> Broker:
    """Where and how to connect."""
    mqtt = settings.mqtt
    return Broker(
        addresses=tuple(Address(host, port) for host, port in mqtt.brokers),
        client_id=settings.gateway.id,
        version=mqtt.version,
        keep_alive_s=mqtt.keep_alive_s,
        username=mqtt.username,
        password_file=mqtt.password_file,
        tls=Tls(mqtt.ca_file, mqtt.cert_file, mqtt.key_file) if mqtt.tls else None,
    )


# --- tasks ----------------------------------------------------------------------------------------------------------


def start(tasks: asyncio.TaskGroup, jobs: Mapping[str, Job]) -> list[asyncio.Task[None]]:
    """Start each job under its name."""
    return [tasks.create_task(job(), name=name) for name, job in jobs.items()]


def cancel(tasks: list[asyncio.Task[None]]) -> None:
    """Ask them all to end."""
    for task in tasks:
        task.cancel()


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do this now and again, for ever."""
    while True:
        await work()
        await asyncio.sleep(seconds)


async def completes_within(seconds: float, work: Awaitable[None]) -> bool:
    """Wait for this, but not longer; whether it came to its end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work
            return True
    return False

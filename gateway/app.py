"""The whole daemon on one page: what it is made of, and every task it runs.

The upper half (sources, intake, pipeline) and the lower half (desk, channels) meet only on the disk. Stopping is cancelling:
first the sources, then, when the last alert is on the disk, the rest: the stores are closed with a last commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, time
from functools import partial
from importlib.metadata import version
from itertools import count
from pathlib import Path

from drivers import all_drivers
from gateway import logs
from gateway.alerts.deliveries import Deliveries
from gateway.alerts.path_tests import PathTests
from gateway.alerts.technical import technical
from gateway.alerts.wearer import tell_wearers
from gateway.band_commands import BandCommands
from gateway.changes import Changes
from gateway.channels.mqtt.awaited_receipts import Awaited
from gateway.channels.mqtt.pace import Pace
from gateway.channels.mqtt.uplink import Uplink
from gateway.channels.mqtt.uplink_context import UplinkContext
from gateway.choices import Choices, choices_of
from gateway.clock import EvenTime, local_time
from gateway.clock_sync import follow_timedated
from gateway.control.drill_verb import DrillOpening
from gateway.control.gateway_verbs import GatewayVerbs
from gateway.control.listening import ControlSocket
from gateway.control.protocol import path_to_listen_at
from gateway.control.store_verbs import StoreVerbs
from gateway.control.test_alert_verb import AlertTesting
from gateway.core import Core
from gateway.driver_bugs import DriverFaults
from gateway.equipment import Equipment, SourceFactory, broker_of
from gateway.formats.native import NativeFormat
from gateway.health.health import Health
from gateway.health.machine import Machine, disk_state
from gateway.health.ports_and_radio import PortsAndRadio
from gateway.health.ways_to_people import WaysToPeople
from gateway.intake.intake import Intake
from gateway.intake.sign_in import SignIns
from gateway.jobs import Job, cancel, completes_within, every, start
from gateway.language import Language
from gateway.observed import Observed, snapshot_of
from gateway.onlookers import Onlookers
from gateway.parts import Parts
from gateway.reloading import Reloading
from gateway.second_path import SecondPaths
from gateway.settings.configuration import Configuration, MqttSettings, Settings
from gateway.settings.shipped import shipped_table
from gateway.snapshot import Snapshot
from gateway.sources.playback import Playback, at_their_pace
from gateway.sources.signals import Signals
from gateway.store import untold
from gateway.store.stores import Stores
from gateway.supervision.fault_watch import SeenFault
from gateway.supervision.reviews import missed
from gateway.systemd_notify import feed_watchdog

TICK_S = 5.0
RETAIN_EVERY_S = 60.0
FIRST_TRY_S = 5.0  # an adapter may need longer; the gateway does not wait for it
LAST_COMMIT_S = 2.5  # stopping takes at most ten seconds in all


class Gateway:
    """All parts of the running gateway, and what connects them. `next_life`: what to begin anew with, where that is asked."""

    def __init__(self, config: Path, configuration: Configuration, stores: Stores, parts: Parts) -> None:
        self.next_life: Configuration | None = None
        self._configuration = configuration
        self._settings, self._stores = configuration.settings, stores
        self._clock = clock = parts.clock
        self._even_time = EvenTime(clock)
        self._over = asyncio.Event()
        self._reloading = Reloading(config, parts.call, lambda: self._configuration, self._use)
        gateway, faults = configuration.settings.gateway, DriverFaults()
        self._sign_ins = SignIns(_shared(configuration.settings))
        self._core = core = Core(
            _choices(configuration),
            drivers={driver.name: driver for driver in all_drivers()},
            epoch=stores.epoch,
            alerts=stores.alerts,
            readings=stores.readings,
            clock=clock,
        )
        self._roster, self._desk, self._pipeline, self._router = core.roster, core.desk, core.pipeline, core.router
        self._second_paths = second_paths = SecondPaths(core, clock, lambda: self._settings, parts.open_port, gateway.data_dir)
        self._path_tests = PathTests(
            self._desk, clock, at=self._self_test_at, local=self._local, paths=lambda: second_paths.tests
        )
        self._intake = Intake(
            roster=self._roster,
            pipeline=self._pipeline,
            readings=stores.readings,
            desk=self._desk,
            clock=clock,
            zone=gateway.zone,
            sign_ins=self._sign_ins,
            faults=faults,
        )
        sources = SourceFactory(
            clock=clock,
            local_time=partial(local_time, clock, gateway.zone),
            roster=self._roster,
            receiver=self._intake,
            faults=faults,
            open_port=parts.open_port,
            backends=parts.backends,
            recording=parts.recording,
            unfinished=parts.unfinished,
            language=self._language,
        )
        self._connect, self._beats = parts.connect, count(1)
        self._equipment = Equipment(sources, self._uplink, self._settings, second_paths)
        self._signals = Signals(self._roster, self._equipment.ways_to)
        band_commands = BandCommands(
            gateway=gateway.id,
            roster=self._roster,
            ways=self._signals,
            heard=self._intake,
            measured=self._pipeline,
            stored=self._intake.stored,
            remember=stores.alerts.remember,
            clock=clock,
            language=self._language,
        )
        self._router.also(band_commands.handlers)
        self._playback = Playback(parts.play, self._intake, self._roster, at_their_pace()) if parts.play else None
        self._health = Health(
            clock=clock,
            readings=stores.readings,
            desk=self._desk,
            hearing=PortsAndRadio(
                self._equipment.ports, self._equipment.adapters, faults, roster=self._roster, heard=self._intake
            ),
            ways=WaysToPeople(self._equipment.links, modems=self._equipment.modems),
            machine=Machine(clock, gateway.data_dir, files=self._certificates, others=self._shown_certificates),
            unregistered=self._intake.unregistered_calls,
            put_off=self._equipment.put_off,
            bonds=self._equipment,
            stuck_contacts=self._intake.stuck_contacts,
            imitated=self._intake.imitated,
            store=stores,
            reviews=self._missed_reviews,
            sources_lost=self._pipeline.sources_lost,
        )
        self._observed = Observed(
            gateway=gateway.id,
            epoch=stores.epoch,
            version=version("lifering"),
            started_s=clock.monotonic_s(),
            clock=clock,
            time_zone=gateway.time_zone,
            counters=stores.readings,
            alerts=self._desk,
            roster=self._roster,
            heard=self._intake,
            last=self._pipeline.last_readings,
            ports=self._equipment.ports,
            adapters=self._equipment.adapters,
            links=self._equipment.links,
            modems=self._equipment.modems,
            disk=lambda: disk_state(gateway.data_dir, self._health.disk_fault),
            faults=lambda: (*self._health.faults(), *second_paths.faults()),
            driver_faults=lambda: faults.counts,
            evicted_by_reason=lambda: self._health.evicted_by_reason,
        )
        gateway_verbs = GatewayVerbs(config, self.snapshot, self._reloading.reload, self._language, parts.call)
        drills = DrillOpening(self._desk)
        self._onlookers = Onlookers(
            self.snapshot,
            self._desk.changes,
            stores.readings,
            {"enrol": gateway_verbs.enroll, "drill": drills.open},
            clock,
            self._language,
            configuration.settings,
        )
        store_verbs = StoreVerbs(stores, gateway.id, running=True, forget=self._forget)
        verbs = {**gateway_verbs.verbs, **store_verbs.verbs, **drills.verbs, **AlertTesting(self._path_tests, clock).verbs}
        self._control = ControlSocket(path_to_listen_at(gateway.data_dir), verbs, self._router, data_dir=gateway.data_dir)

    def _uplink(self, mqtt: MqttSettings) -> Uplink:
        deliveries = Deliveries(self._core.book, self._desk, self._clock, need=mqtt.alerts_need)
        context = UplinkContext(
            format=NativeFormat(self._settings.gateway.id, mqtt.root),
            alerts=deliveries,
            receipts=deliveries.receipt,
            router=self._router,
            readings=self._stores.readings,
            snapshot=self.snapshot,
            snapshot_asked=self._desk.snapshot_asked,
            clock=self._clock,
            alerts_need=mqtt.alerts_need,
            awaited=Awaited(self._stores.readings) if mqtt.readings_need == "receipt" else None,
            last_readings=self._pipeline.last_readings.all,
            pace=Pace(backlog_messages_per_s=mqtt.backlog_messages_per_s),
            beats=self._beats,
        )
        return Uplink(broker_of(mqtt, self._settings.gateway.id), context, self._connect)

    def _certificates(self) -> list[Path]:
        mqtt = self._settings.mqtt
        return [file for file in (mqtt.ca_file, mqtt.cert_file) if file is not None and mqtt.tls]

    def _shown_certificates(self) -> Mapping[str, float]:
        return {name: end_s for link in self._equipment.links.values() for name, end_s in link.certificates.items()}

    def _missed_reviews(self) -> list[SeenFault]:
        return missed(self._settings.wearer, self._local().date()) if self._settings.wearer else []

    def _forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._pipeline.forget(wearer)
        self._second_paths.forget(wearer)
        self._onlookers.forget(wearer)

    def snapshot(self) -> Snapshot:
        """The gateway as it is now."""
        return snapshot_of(self._observed)

    def _language(self) -> Language:
        return self._settings.gateway.language

    def _local(self) -> datetime:
        return datetime.fromtimestamp(self._clock.wall_ms() / 1000, self._settings.gateway.zone)

    def _self_test_at(self) -> time | None:
        at = self._settings.duty.self_test
        return time.fromisoformat(at) if at else None

    # --- its life -----------------------------------------------------------------------------------------------------

    async def live(
        self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None, hang_ups: Changes | None = None
    ) -> None:
        """Take up what was open, start everything, and end in order when `stop` is set, or a new life was asked for."""
        await self._take_up()
        async with asyncio.TaskGroup() as lower:
            keeping = start(lower, self._lower_half(stop, hang_ups or Changes()))
            async with asyncio.TaskGroup() as upper:
                hearing = start(upper, self._upper_half())
                await completes_within(FIRST_TRY_S, self._sources_tried())
                ready()
                await self._over.wait()
                cancel(hearing)
            self._intake.end()
            self._pipeline.remember()
            await completes_within(LAST_COMMIT_S, self._desk.stored())  # no alert has a reading in hand: closing commits it
            cancel(keeping)

    async def _take_up(self) -> None:
        await self._core.resume()
        memories = await self._stores.alerts.memories()
        self._intake.warm_up(memories)
        self._path_tests.load(memories)
        self._second_paths.load(memories)
        await self._router.later.resume(memories)
        for incident in self._stores.incidents:
            await self._desk.find(technical("store_repaired", self._clock.wall_ms(), device=incident))
        if self._stores.incidents:
            self._desk.remember(untold.TOLD, at_leisure=True)

    async def _sources_tried(self) -> None:
        """Returns when each port and adapter is open, or has said why not."""
        for source in self._health.sources:
            await source.tried.wait()

    def _upper_half(self) -> Mapping[str, Job]:
        """From the air to the disk; works with no network."""
        hearing: dict[str, Job] = {"sources": self._equipment.hearing.run}
        return hearing | {"playback": self._playback.run} if self._playback else hearing

    def _lower_half(self, stop: asyncio.Event, hang_ups: Changes) -> Mapping[str, Job]:
        """From the disk to the people; works with no radio."""
        return {
            "alerts": self._stores.alerts.run,
            "book": self._core.book.run,
            "readings": self._stores.readings.run,
            "tail": self._stores.readings.tail.run,
            "disk": self._begin_anew_with_the_disk,
            "retention": partial(every, RETAIN_EVERY_S, self._retain),
            "clock": self._stores.true_times.run,
            "rules": partial(every, TICK_S, self._pipeline.tick),
            "ladder": self._desk.watch,
            "self test": self._path_tests.run,
            "commands": self._router.later.run,
            "silent ports": partial(every, TICK_S, self._intake.tick),
            "unregistered devices": self._intake.unregistered_calls.run,
            "health": self._health.watch,
            "wearers": self._tell_wearers,
            "uplink": self._equipment.sending.run,
            "light": self._second_paths.local.run,
            "control": self._control.run,
            "onlookers": self._onlookers.serving.run,
            "synchronisation": partial(follow_timedated, self._clock),
            "watchdog": partial(feed_watchdog, self._alive),
            "reload": partial(self._reloading.run, hang_ups),
            "stop": partial(self._end_when_asked, stop),
        }

    async def _tell_wearers(self) -> None:
        """Once there is a way to the bands: who was owed a word before a restart must not wait for the next try."""
        await completes_within(FIRST_TRY_S, self._sources_tried())
        await tell_wearers(self._desk, self._signals.signal)

    async def _begin_anew_with_the_disk(self) -> None:
        await self._stores.until_reopening()
        self.next_life = self._configuration
        self._over.set()

    async def _retain(self) -> None:
        await self._stores.retain(self._even_time.now_ms())

    async def _alive(self) -> None:
        """Returns when both databases have answered: the loop turns, and their threads do."""
        await self._stores.alerts.open_alerts()
        await self._stores.readings.batches(self._stores.readings.last_batch, self._stores.readings.last_batch)

    async def _end_when_asked(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._over.set()

    # --- another configuration ----------------------------------------------------------------------------------------

    def _use(self, configuration: Configuration) -> None:
        if _store_of(configuration.settings) != _store_of(self._settings):
            self.next_life = configuration
            self._over.set()
            return
        self._configuration, self._settings = configuration, configuration.settings
        logs.set_language(self._language())
        self._core.use(_choices(configuration))
        self._sign_ins.use(_shared(self._settings))
        self._equipment.use(self._settings)
        self._onlookers.use(self._settings)
        self._health.machine.read_again()


def _store_of(settings: Settings) -> tuple[object, ...]:
    """What one life of the gateway keeps to: another id, time zone or store begins a new one."""
    gateway = settings.gateway
    return gateway.id, gateway.time_zone, settings.store


def _choices(configuration: Configuration) -> Choices:
    """Without the bands of plug-ins that this process could not import, though the one that read the file could."""
    people = configuration.volunteers, configuration.duty_list
    known = {driver.name for driver in all_drivers()}
    bands = {address: band for address, band in configuration.bands.items() if band.driver in known}
    return choices_of(configuration.settings, bands, shipped_table(), *people)


def _shared(settings: Settings) -> Mapping[str, float]:
    """The ports of shared devices, with how long a sign-in lasts at each."""
    return {port.name: port.sign_in_s for port in settings.serial if port.shared}

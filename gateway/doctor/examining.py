"""The whole examination: each part is looked at, and what was found is judged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateway.clock import SystemClock
from gateway.doctor import broker, clock, configuration, disk, listeners, modem, ports, power, radio, relays, running, service
from gateway.doctor.diagnosis import Diagnosis, Examination, Group
from gateway.doctor.host import Host
from gateway.doctor.running import Running
from gateway.equipment import broker_of
from gateway.formats.native import NativeFormat
from gateway.settings.configuration import Settings
from gateway.settings.file import plain
from gateway.settings.machine.service_view import credentials_of, seen_as_service
from gateway.settings.machine.unit import Unit, installed

NEEDS_SETTINGS: tuple[Group, ...] = ("gateway", "ports", "modem", "broker", "disk", "radio", "page")
FOLLOWS_FROM = {  # said by the gateway -> seen more closely by the doctor
    "port_lost": ("port_",),
    "modem_lost": ("modem_", "port_"),
    "modem_no_network": ("modem_",),
    "adapter_lost": ("adapter_", "radio_", "relay_"),
    "broker_unreachable": ("broker_",),
    "platform_silent": ("platform_no_receipt",),
    "clock_unset": ("clock_",),
    "disk_nearly_full": ("disk_has_no_room",),
    "certificate_expires": ("certificate_", "broker_certificate_"),
}


def examine(host: Host, config: Path, gateway: Running, *, only_here: bool = False) -> Examination:
    """Takes some seconds; longer where a broker or a modem does not answer. `only_here`: neither is asked."""
    unit = installed(host.root)
    with credentials_of(unit):
        return _examined(host, config, unit, gateway, only_here=only_here)


def _examined(host: Host, config: Path, unit: Unit | None, gateway: Running, *, only_here: bool) -> Examination:
    examined, machine = seen_as_service(config, unit, None, datetime.now(UTC))
    skipped: dict[Group, str] = {}
    settings = plain(examined.settings) if examined.settings else None
    found = [*configuration.diagnoses(examined, machine), *_of_box(host, settings, skipped)]
    if settings:
        found += asyncio.run(_of_settings(host, settings, gateway, skipped, only_here=only_here))
    else:
        skipped |= dict.fromkeys(NEEDS_SETTINGS, "no configuration")
    return Examination(
        tuple(_once(found)),
        {group: why for group, why in skipped.items() if group not in {one.group for one in found}},
        is_valid=not examined.mistakes,
        gateway=settings.gateway.id if settings else "",
        language=examined.language,
        warnings=len(examined.warnings),
    )


def _of_box(host: Host, settings: Settings | None, skipped: dict[Group, str]) -> Iterator[Diagnosis]:
    """What can be seen without a configuration."""
    unit = service.look()
    if unit is None:
        skipped["service"] = "no systemd"
    else:
        yield from service.diagnoses(unit)
    time = clock.look()
    if time.synced is None:
        skipped["clock"] = "no systemd"
    yield from clock.diagnoses(time, settings.gateway.time_zone if settings else None)
    yield from power.diagnoses(*power.look(host))


async def _of_settings(
    host: Host, settings: Settings, gateway: Running, skipped: dict[Group, str], *, only_here: bool
) -> list[Diagnosis]:
    """What a configuration is needed for."""
    found = list(running.diagnoses(gateway))
    if gateway.status is None:
        skipped["gateway"] = "not running"
    lines = ports.look(host, settings)
    found += ports.diagnoses(lines)
    if not lines.states:
        skipped["ports"] = "not configured"
    if not only_here:
        found += await _of_modem(lines, settings, gateway, skipped)
        found += await _of_broker(settings, gateway)
    if (place := disk.look(host, settings.gateway.data_dir)) is not None:
        found += disk.diagnoses(place)
    found += listeners.diagnoses(pages := listeners.look(host, settings), runs=gateway.status is not None)
    if not pages:
        skipped["page"] = "not configured"
    if settings.bluetooth.enabled:
        named = settings.bluetooth.adapters
        found += radio.diagnoses(await radio.look(host), named)
    if settings.relay and not only_here:
        found += relays.diagnoses(await relays.look(settings.relay))
    if not settings.bluetooth.enabled and not settings.relay:
        skipped["radio"] = "not configured"
    return found


async def _of_modem(
    lines: ports.PortStates, settings: Settings, gateway: Running, skipped: dict[Group, str]
) -> list[Diagnosis]:
    """Asked only where no gateway has it."""
    if settings.modem is None:
        skipped["modem"] = "not configured"
    elif gateway.status is None:
        device = ports.free_device(lines, ports.MODEM)
        if device:
            facts = await modem.look(device, settings.modem.baud)
            return list(modem.diagnoses(facts, has_pin=settings.modem.pin_file is not None))
        skipped["modem"] = "no port"
    return []


async def _of_broker(settings: Settings, gateway: Running) -> list[Diagnosis]:
    """A session that stands is proof enough, and is not disturbed."""
    if gateway.is_connected:
        return []
    system = SystemClock()
    form = NativeFormat(settings.gateway.id, settings.mqtt.root)
    facts = await broker.look(broker_of(settings.mqtt, settings.gateway.id), system, form, system.boot)
    return list(broker.diagnoses(facts, system.wall_ms() / 1000, tls=settings.mqtt.tls))


def _once(found: list[Diagnosis]) -> Iterator[Diagnosis]:
    """Nothing twice, and of what the gateway tells nothing that the doctor sees more closely."""
    seen: set[tuple[str, str]] = set()
    closer = {one.code for one in found if one.is_fault and not one.is_told}
    for one in found:
        if one.is_told and any(code.startswith((one.code, *FOLLOWS_FROM.get(one.code, ()))) for code in closer):
            continue
        if (key := (one.code, str(sorted(map(str, one.facts.items()))))) not in seen:
            seen.add(key)
            yield one

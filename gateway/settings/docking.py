"""Finds which device is docked at which serial port: at the only one that has its driver, else as its `port` says. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.settings.spelling import near

Facts = Mapping[str, object]


class Device(NamedTuple):
    """What is enrolled: its address, how it speaks, the name of its port where one is given."""

    address: str
    driver: str
    port: str | None


@dataclass
class Docked:
    """`ports`: address -> port, of the devices that are docked; `mistakes`: address -> a code and facts."""

    ports: dict[str, str] = field(default_factory=dict)
    mistakes: dict[str, tuple[str, Facts]] = field(default_factory=dict)


def dock(devices: Iterable[Device], ports: Mapping[str, str], hubs: Collection[str]) -> Docked:
    """`ports`: name -> driver of every serial port; `hubs`: the drivers that speak for bands with addresses of their own."""
    docked = Docked()
    taken: dict[str, str] = {}
    for device in devices:
        speaking = [] if device.driver in hubs else [name for name, driver in ports.items() if driver == device.driver]
        if not speaking and device.port is None:
            continue  # it is worn
        wrong = _wrong(device, speaking, ports)
        port = device.port or next(iter(speaking), "")
        if wrong is None and taken.setdefault(port, device.address) != device.address:
            wrong = "port_taken", {"port": port, "address": taken[port]}
        if wrong:
            docked.mistakes[device.address] = wrong
        else:
            docked.ports[device.address] = port
    return docked


def _wrong(device: Device, speaking: list[str], ports: Mapping[str, str]) -> tuple[str, Facts] | None:
    if device.port is None:
        return ("port_needed", {"driver": device.driver, "ports": ", ".join(speaking)}) if len(speaking) > 1 else None
    if not speaking:
        return "not_docked", {"driver": device.driver}
    if device.port not in ports:
        return "unknown_port", {"name": device.port, "near": near(device.port, ports)}
    if device.port not in speaking:
        return "port_speaks_other", {"name": device.port, "driver": ports[device.port]}
    return None

"""The serial ports of a configuration: which device each is now, and who holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.holders import Holder, holders, running
from gateway.doctor.host import Host
from gateway.errors import SourceLost
from gateway.settings.configuration import Settings
from gateway.sources.port_names import names_usb
from gateway.sources.ports import find

MODEM = "modem"
CODES_OF_HOLDERS = {
    "ModemManager": "port_held_by_modemmanager",
    "agetty": "port_held_by_console",
    "login": "port_held_by_console",
}
BRLTTY = "brltty"


class PortState(NamedTuple):
    """A configured port. `device`: what it is now; None: nothing, and `why` in the words of a lost source."""

    name: str
    port: str
    device: str | None
    why: str = ""
    holder: Holder | None = None


class PortStates(NamedTuple):
    """All of them. `brltty`: it runs; it takes CH340 and CP210x for braille displays, and their ports vanish."""

    states: tuple[PortState, ...]
    brltty: bool


def look(host: Host, settings: Settings) -> PortStates:
    """As things are plugged in now."""
    wanted = [(port.name, port.port) for port in settings.serial]
    if settings.modem:
        wanted.append((MODEM, settings.modem.port))
    states = [_state(name, port) for name, port in wanted]
    held = holders(host, frozenset(state.device for state in states if state.device))
    return PortStates(
        tuple(state._replace(holder=held.get(state.device or "")) for state in states),
        brltty=BRLTTY in running(host),
    )


def _state(name: str, port: str) -> PortState:
    try:
        path = Path(find(port))
    except SourceLost as why:
        return PortState(name, port, None, str(why))
    return PortState(name, port, os.path.realpath(path)) if path.exists() else PortState(name, port, None, "absent")


def diagnoses(ports: PortStates) -> Iterator[Diagnosis]:
    """What is wrong with them, beside what `check` says of paths. Pure."""
    for state in ports.states:
        facts = {"name": state.name, "port": state.port}
        if state.why == "ambiguous":
            yield Diagnosis("ports", "port_ambiguous", facts)
        elif state.device is None and names_usb(state.port):
            yield Diagnosis("ports", "port_absent", facts)
        elif state.holder and not state.holder.is_gateway:
            code = CODES_OF_HOLDERS.get(state.holder.name, "port_held")
            yield Diagnosis("ports", code, {**facts, "holder": state.holder.name, "pid": state.holder.pid})
    absent = [state.name for state in ports.states if state.device is None]
    if ports.brltty and absent:
        yield Diagnosis("ports", "port_taken_by_brltty", {"name": absent[0]})


def free_device(ports: PortStates, name: str) -> str | None:
    """The device of the port of this name, where it is there and nobody holds it."""
    return next((state.device for state in ports.states if state.name == name and not state.holder), None)

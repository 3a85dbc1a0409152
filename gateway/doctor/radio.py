"""Bluetooth: is an adapter plugged in, is it blocked, does bluetoothd run, is it switched on, does it tell every frame.

An adapter is in /sys/class/bluetooth also without bluetoothd.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import Host
from gateway.errors import SourceLost
from gateway.sources.adapters import PluggedAdapter
from gateway.sources.rfkill import BlockedSwitch, blocked

CODES = {
    "no D-Bus": "radio_no_dbus",
    "no bluetoothd": "radio_no_bluetoothd",
    "no permission": "radio_forbidden",
    "no answer": "radio_no_answer",
}


class RadioFacts(NamedTuple):
    """`blocked`: what rfkill holds; `why`: why bluetoothd tells nothing, "": it does.

    `shares_chip`: the only radio is on one chip with a Wi-Fi that is in use.
    """

    plugged: tuple[str, ...]
    blocked: tuple[BlockedSwitch, ...]
    adapters: tuple[PluggedAdapter, ...] = ()
    why: str = ""
    shares_chip: bool = False


async def look(host: Host) -> RadioFacts:
    """As it is now; bluetoothd is asked only where the kernel has an adapter: it would not answer for long."""
    plugged = tuple(Path(path).name for path in host.glob("sys/class/bluetooth/hci*") if ":" not in path)
    facts = RadioFacts(plugged, tuple(blocked(host.root)), shares_chip=_shares_chip(host, plugged))
    if not plugged:
        return facts
    from gateway.sources.bluez_watch import adapters_now  # D-Bus takes 4 MB: only who has a radio pays for them

    try:
        there = tuple((await adapters_now(())).ours)
    except SourceLost as why:
        return facts._replace(why=str(why))
    return facts._replace(adapters=there)


def _shares_chip(host: Host, plugged: Sequence[str]) -> bool:
    """A Pi's own: Bluetooth at a serial line, Wi-Fi beside it."""
    if len(plugged) != 1:
        return False
    device = os.path.realpath(host.root / f"sys/class/bluetooth/{plugged[0]}")
    return "serial" in device and host.text("sys/class/net/wlan0/operstate") == "up"


def diagnoses(radio: RadioFacts, named: Sequence[str]) -> Iterator[Diagnosis]:
    """What is wrong with it; `named`: adapters of the configuration, none: all. Pure."""
    for switch in radio.blocked:
        yield Diagnosis("radio", f"radio_{switch.kind}_blocked", {"switch": switch.path})
    if not radio.plugged:
        if not radio.blocked:
            yield Diagnosis("radio", "radio_absent")
        return
    if radio.why:
        yield Diagnosis("radio", CODES.get(radio.why, "radio_no_answer"))
        return
    if not radio.adapters:
        yield Diagnosis("radio", "radio_absent")
        return
    names = {name for one in radio.adapters for name in (one.name, one.address)}
    there = ", ".join(f"{one.address} ({one.name})" for one in radio.adapters)
    for name in named:
        if not {name, name.upper()} & names:
            yield Diagnosis("radio", "adapter_missing", {"name": name, "there": there})
    yield from _of_adapters(radio, named)


def _of_adapters(radio: RadioFacts, named: Sequence[str]) -> Iterator[Diagnosis]:
    ours = {name for one in named for name in (one, one.upper())}
    for adapter in radio.adapters:
        if ours and not ours & {adapter.name, adapter.address}:
            continue
        facts = {"name": adapter.name, "address": adapter.address}
        if not adapter.powered and not radio.blocked:
            yield Diagnosis("radio", "adapter_off", facts)
        if not adapter.monitors:
            yield Diagnosis("radio", "adapter_filters", facts, is_fault=False)
        if adapter.name in named:
            yield Diagnosis("radio", "adapter_by_number", facts, is_fault=False)
    if radio.shares_chip:
        yield Diagnosis("radio", "radio_shares_chip", is_fault=False)

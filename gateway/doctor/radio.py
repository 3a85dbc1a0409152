"""Bluetooth: is an adapter plugged in, is it blocked, does bluetoothd run, is it switched on, does it tell every frame.

An adapter is in /sys/class/bluetooth also without bluetoothd.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.host import Host
from gateway.doctor.radio_filter import LISTEN_S, LeftOut, ToldFrame, left_out
from gateway.errors import SourceLost
from gateway.sources.ble.adapters import PluggedAdapter
from gateway.sources.ble.rfkill import BlockedSwitch, blocked

CODES = {
    "no D-Bus": "radio_no_dbus",
    "no bluetoothd": "radio_no_bluetoothd",
    "no permission": "radio_forbidden",
    "no answer": "radio_no_answer",
}


class RadioFacts(NamedTuple):
    """`blocked`: what rfkill holds; `why`: why bluetoothd tells nothing, "": it does.

    `left_out`: of what bands say, by adapter. `shares_chip`: the only radio is on one chip with a Wi-Fi that is in use.
    """

    plugged: tuple[str, ...]
    blocked: tuple[BlockedSwitch, ...]
    adapters: tuple[PluggedAdapter, ...] = ()
    why: str = ""
    shares_chip: bool = False
    left_out: Mapping[str, LeftOut] = {}


async def look(host: Host) -> RadioFacts:
    """As it is now; bluetoothd is asked only where the kernel has an adapter: it would not answer for long."""
    plugged = tuple(Path(path).name for path in host.glob("sys/class/bluetooth/hci*") if ":" not in path)
    facts = RadioFacts(plugged, tuple(blocked(host.root)), shares_chip=_shares_chip(host, plugged))
    if not plugged:
        return facts
    from gateway.sources.ble.bluez_watch import adapters_now  # D-Bus takes 4 MB: only who has a radio pays for them

    try:
        there = tuple((await adapters_now(())).ours)
    except SourceLost as why:
        return facts._replace(why=str(why))
    return facts._replace(adapters=there)


async def listen(facts: RadioFacts, named: Sequence[str], seconds: float = LISTEN_S) -> RadioFacts:
    """With what each of the `named` adapters leaves out; it listens as the gateway does. None named: all."""
    ours = [one for one in facts.adapters if one.powered and _is_named(one, named)]
    async with asyncio.TaskGroup() as tasks:
        listening = {one.name: tasks.create_task(_left_out_by(one, seconds)) for one in ours}
    return facts._replace(left_out={name: task.result() for name, task in listening.items()})


async def _left_out_by(adapter: PluggedAdapter, seconds: float) -> LeftOut:
    from gateway.sources.ble.bluez import Heard, Radio

    told: list[ToldFrame] = []

    def keep(heard: Heard) -> None:
        told.append(ToldFrame(heard.address, heard.advertisement.data))

    try:
        async with Radio().scanning(adapter.name, keep, repeats=adapter.monitors):
            await asyncio.sleep(seconds)
    except SourceLost:  # the gateway says more of it, or the radio's other diagnoses do
        return "unknown"
    return left_out(told)


def _is_named(adapter: PluggedAdapter, named: Sequence[str]) -> bool:
    return not named or bool({adapter.name, adapter.address} & {name for one in named for name in (one, one.upper())})


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
    for adapter in radio.adapters:
        if not _is_named(adapter, named):
            continue
        facts = {"name": adapter.name, "address": adapter.address}
        if not adapter.powered and not radio.blocked:
            yield Diagnosis("radio", "adapter_off", facts)
        if code := _of_filter(radio.left_out.get(adapter.name, "unknown"), monitors=adapter.monitors):
            yield Diagnosis("radio", code, facts, is_fault=False)
        if adapter.name in named:
            yield Diagnosis("radio", "adapter_by_number", facts, is_fault=False)
    if radio.shares_chip:
        yield Diagnosis("radio", "radio_shares_chip", is_fault=False)


def _of_filter(left_out: LeftOut, *, monitors: bool) -> str:
    match left_out:
        case "nothing":
            return ""
        case "unknown":
            return "" if monitors else "adapter_filters"
        case _ if monitors:
            return "adapter_filters_still"
        case "repeats":
            return "adapter_filters_repeats"
        case "all but the first":
            return "adapter_filters_all"

"""What the window of the stand-in platform shows: alerts as they came, and what the wristbands have felt. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from msgspec import Struct

from fake_devices.consumer import Consumer, Message
from fake_devices.story import Story
from gateway.alert import CLOSED
from gateway.language import Language
from gateway.words.platform_window import DEEDS, FELT, SAID, STATES

Deed = Literal["acknowledge", "dispatch", "resolve"]
REACHED = {"acknowledged": 1, "dispatched": 2, "on_scene": 2}  # so many of the deeds are done
CLOSED_SHOWN = 5  # the last ones


class DeedView(Struct, frozen=True):
    """What the dispatcher can do with an alert now."""

    verb: Deed
    word: str


class PlatformAlert(Struct, frozen=True):
    """One alert, by its last event."""

    id: str
    who: str
    text: str
    state: str
    priority: str
    open: bool
    deeds: tuple[DeedView, ...]


class FeltBand(Struct, frozen=True):
    """A wristband that vibrates. `long`, `short`: how often it did. `press`: the wearer whose key can be pressed, or ""."""

    address: str
    name: str
    short: int
    long: int
    press: str


class PlatformView(Struct, frozen=True):
    """The whole window. `felt`: what each way of vibrating means."""

    alerts: tuple[PlatformAlert, ...]
    bands: tuple[FeltBand, ...]
    felt: Mapping[str, str]


def platform_view(
    consumer: Consumer, vibrations: Mapping[tuple[str, str], int], story: Story, pressable: str, language: Language
) -> PlatformView:
    """At this moment. `pressable`: whose key may be pressed."""
    names = {wearer.id: f"{wearer.name[language]} · {wearer.room}" for wearer in story.wearer}
    last = {event["id"]: event for event in sorted(consumer.events.values(), key=lambda event: int(event["seq"]))}
    newest = sorted(last.values(), key=lambda event: str(event["raised_at"]), reverse=True)
    open_ = [event for event in newest if _is_open(event)]
    closed = [event for event in newest if not _is_open(event)][:CLOSED_SHOWN]
    return PlatformView(
        alerts=tuple(_alert(event, names, language) for event in [*open_, *closed]),
        bands=tuple(_bands(vibrations, story, names, pressable)),
        felt={how: said.of(language) for how, said in FELT.items()},
    )


def _is_open(event: Message) -> bool:
    """Only a person closes a critical alert; others end when their cause is gone."""
    return event["workflow"] not in CLOSED and (event["condition"] != "cleared" or event["priority"] == "critical")


def _alert(event: Message, names: Mapping[str, str], language: Language) -> PlatformAlert:
    is_open = _is_open(event)
    state = STATES[event["workflow"] if is_open else "closed"].of(language)
    by = SAID["by"].of(language).format(actor=event["actor"]) if event["actor"] else ""
    return PlatformAlert(
        id=event["id"],
        who=names.get(event["wearer"] or "", event["device"] or ""),
        text=event["text"],
        state=state + by,
        priority=event["priority"],
        open=is_open,
        deeds=tuple(_deeds(event, language)) if is_open else (),
    )


def _deeds(event: Message, language: Language) -> Iterator[DeedView]:
    verbs: tuple[Deed, ...] = get_args(Deed)
    for verb in verbs[REACHED.get(event["workflow"], 0) :]:
        yield DeedView(verb, DEEDS[verb].of(language))


def _bands(
    vibrations: Mapping[tuple[str, str], int], story: Story, names: Mapping[str, str], pressable: str
) -> Iterator[FeltBand]:
    for wearer in story.wearer:
        for band in wearer.bands:
            if band.kind == "wristband":
                short, long = (vibrations.get((band.address, how), 0) for how in ("short", "long"))
                yield FeltBand(band.address, names[wearer.id], short, long, wearer.id if wearer.id == pressable else "")

"""An open alert as the page shows it: what, where, how far help has come, and who comes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gateway.alert import Alert, Priority, Workflow
from gateway.language import Language
from gateway.words.alerts import PRIORITIES, text, what_and_notes
from gateway.words.page import SAID, STEPS
from gateway.words.status import BETWEEN
from gateway.words.telling import ago_in_words

REACHED: dict[Workflow, int] = {  # how many of the steps are done
    "raised": 1,
    "sent": 1,
    "received": 2,
    "acknowledged": 3,
    "dispatched": 4,
    "on_scene": 5,
}
MOST_NAMED = 3
BY_SMS = "sms:"  # before the name of who has answered so


class StepView(Struct, frozen=True):
    """One step on the way to help."""

    word: str
    done: bool


class AlertView(Struct, frozen=True):
    """`said`: the whole text, as every other channel tells it; `what`: without urgency and place.
    `comes`: who, or that nobody has answered.
    """

    id: str
    number: str
    priority: Priority
    urgency: str
    where: str
    what: str
    said: str
    raised: str
    answered: bool
    steps: tuple[StepView, ...]
    comes: str
    notes: tuple[str, ...]


def is_answered(alert: Alert) -> bool:
    """Whether a person knows of it."""
    return REACHED.get(alert.workflow, 1) >= REACHED["acknowledged"]


def alert_view(alert: Alert, name: str, now_ms: int, language: Language) -> AlertView:
    """At this moment. `name`: its id."""
    reached = REACHED.get(alert.workflow, 1)
    where = SAID["room"].of(language).format(room=alert.room) if alert.room else alert.wearer or alert.device
    return AlertView(
        id=name,
        number=f"#A{alert.number}",
        priority=alert.priority,
        urgency=PRIORITIES[alert.priority].of(language),
        where=where,
        what=what_and_notes(alert, language),
        said=text(alert, language),
        raised=ago_in_words((now_ms - alert.raised_ms) / 1000, language),
        answered=is_answered(alert),
        steps=tuple(StepView(word.of(language), number < reached) for number, word in enumerate(STEPS.values())),
        comes=_comes(alert, language),
        notes=tuple(_notes(alert, language)),
    )


def _comes(alert: Alert, language: Language) -> str:
    name = (alert.responder or alert.actor).removeprefix(BY_SMS)
    if alert.workflow in ("dispatched", "on_scene") and name:
        if alert.eta_min is not None and alert.workflow == "dispatched":
            return SAID["coming_eta"].of(language).format(name=name, minutes=f"{alert.eta_min:g}")
        return SAID["coming"].of(language).format(name=name)
    if alert.workflow == "acknowledged" and name:
        return SAID["acknowledged_by"].of(language).format(name=name)
    return SAID["nobody"].of(language)


def _notes(alert: Alert, language: Language) -> Iterator[str]:
    """What else whoever decides would ask."""
    if alert.test:
        yield SAID["test"].of(language)
    if alert.level:
        yield SAID["level"].of(language).format(level=alert.level)
    if names := list(dict.fromkeys(asked.phone for asked in alert.asked)):
        yield SAID["asked"].of(language).format(names=BETWEEN.of(language).join(names))
    for near in alert.responders[:MOST_NAMED]:
        yield SAID["near"].of(language).format(name=near.name, metres=near.distance_m)

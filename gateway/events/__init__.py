"""What the log may say: each event by its phrase, in the file that is named as the folder of `gateway/` that logs it.

Phrases may be worded better one day; codes stay, so that scripts and support can rely on them. `docs/log-events.md` is made
of these tables. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.events import alerts, channels, control, daemon, health, intake, page, sources, store, web
from gateway.events.event import Event

BY_FOLDER: Mapping[str, Mapping[str, Event]] = {
    "": daemon.EVENTS,
    "control": control.EVENTS,
    "web": web.EVENTS,
    "page": page.EVENTS,
    "channels": channels.EVENTS,
    "alerts": alerts.EVENTS,
    "sources": sources.EVENTS,
    "intake": intake.EVENTS,
    "health": health.EVENTS,
    "store": store.EVENTS,
}
EVENTS = {phrase: event for table in BY_FOLDER.values() for phrase, event in table.items()}

"""The conversation of a device that speaks standard profiles, made of all the profiles that it offers.

    subscribe all values     at once: a cuff waits for that, sends what it has, and hangs up after seconds
    read the settings        what decodes the values that follow; optional
    read the clock, set it   a visit only; what was stamped before is wrong by what was read
    read the battery         a visit only
    fetch what is stored     a visit only, where there is a Record Access Control Point
    read who made it         a visit only
    listen                   until it hangs up, is silent for too long, or a visit that does not stream has lasted too long

An Ask may come while it listens or fetches. Immediate Alert (2A06 of service 1802; Link Loss 1803 has one too, which buzzes
later) makes it vibrate: 01 mild, 02 high, 00 after ten seconds. No answer tells whether it did: what is reported is "sent".

No step is an error but a refused subscription, which mostly means that the bond is lost: pair again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from drivers.bluetooth_uuid import full_uuid
from drivers.driver import Ask, Conversation, Decoded, Notified, Refused, Report, Services, Subscribe, Wait, Write
from drivers.standard import battery, device_information
from drivers.standard.battery import BATTERY_LEVEL
from drivers.standard.clock import set_clock
from drivers.standard.profile import Profile
from drivers.standard.record_access import CONTROL_POINT, Fetching, NotFetched
from drivers.steps import Step, now, read

IMMEDIATE_ALERT = full_uuid(0x1802)
ALERT_LEVEL = full_uuid(0x2A06)

ALERT_LASTS_S = 10
VISIT_LASTS_S = 180  # a device that neither hangs up nor falls silent gives the slot back


def converse(profiles: Sequence[Profile], services: Services, ask: Ask) -> Conversation:
    """Begins the conversation of one connection with those of `profiles` that the device offers."""
    talk = _Talk([profile for profile in profiles if profile.service in services.offered], services)
    if ask.do in ("visit", "listen"):
        yield from talk.visit(ask)
    else:
        yield from talk.act(ask)
        yield from talk.listen(patience_s=0)


class _Talk:
    """One connection: what was learnt in it, and until when the device buzzes."""

    def __init__(self, profiles: Sequence[Profile], services: Services) -> None:
        self._profiles = profiles
        self._services = services
        self._settings: dict[str, bytes] = {}
        self._patience_s: float | None = None  # None: nothing is subscribed yet
        self._good_s = 0.0
        self._fetching = False
        self._buzzes_until_s: float | None = None

    def visit(self, ask: Ask) -> Conversation:
        """Everything from the subscriptions to the last value."""
        if not self._profiles:  # BlueZ may call a device connected before it knows all its services
            yield Report(Decoded(status={"services_missing": True}))
        patience_s = yield from self._subscribe()
        yield from self._read_settings()
        if ask.do == "visit":
            yield from self._set_clock(ask, asked_s=0)
            yield from self._read_battery()
            fetched, why = yield from self._fetch(ask)
            if fetched == "failed":
                yield from _answer(ask, fetched, why)
                return
            yield from device_information.read_all(self._services)
            yield from _answer(ask, "done")
        if patience_s:
            yield from self.listen(patience_s)

    def act(self, ask: Ask) -> Conversation:
        """What is asked of the device itself."""
        asked_s = yield from now()
        why = ""
        match ask.do:
            case "vibrate":
                result = yield from self._vibrate(ask.level)
            case "clock":
                result = yield from self._set_clock(ask, asked_s)
            case "visit":
                yield from self._set_clock(ask, asked_s)
                yield from self._read_battery()
                result = "done"
            case "fetch":
                result, why = yield from self._fetch(ask)
            case "listen":
                return
            case _:
                result = "unsupported"
        yield from _answer(ask, result, why)

    def listen(self, patience_s: float) -> Conversation:
        """Hands over what comes. Ends after so long without a good value, but never while the device buzzes."""
        self._good_s = now_s = yield from now()
        ends_s = math.inf if any(profile.streams for profile in self._profiles) else now_s + VISIT_LASTS_S
        while self._buzzes_until_s is not None or now_s < min(ends_s, self._good_s + patience_s):
            yield from self._hear(max(self._buzzes_until_s or 0, min(ends_s, self._good_s + patience_s)))
            now_s = yield from now()

    def _hear(self, until_s: float) -> Step[Notified | None]:
        """The next value, reported; None: there was none until then, or something was asked, and is done."""
        now_s = yield from now()
        if self._buzzes_until_s is not None and now_s >= self._buzzes_until_s:
            yield from self._vibrate(0)
        if now_s >= until_s:
            return None
        event = yield Wait(min(until_s, self._buzzes_until_s or math.inf) - now_s)
        if isinstance(event, Ask):
            yield from self.act(event)
        if not isinstance(event, Notified):
            return None
        if (yield from self._report(event)):
            self._good_s = yield from now()
        return event

    # --- its steps ---

    def _subscribe(self) -> Step[float]:
        """How long silence may last; 0 where there is nothing to wait for."""
        if self._patience_s is not None:
            return self._patience_s
        self._patience_s = 0.0
        for profile in self._profiles:
            for value in profile.values:
                if (yield from self._subscribe_to(value, profile.service)):
                    self._patience_s = max(self._patience_s, profile.patience_s)
        return self._patience_s

    def _subscribe_to(self, value: str, service: str) -> Step[bool]:
        how = self._services.find(value, service) or frozenset()
        if not how & {"notify", "indicate"}:
            return False
        answer = yield Subscribe(value, service, "indicate" if "indicate" in how else "notify")
        if answer is not True:
            yield Report(Decoded(status={"subscription_refused": value}))
        return answer is True

    def _read_settings(self) -> Conversation:
        for profile in self._profiles:
            for setting in profile.settings:
                data = yield from read(self._services, setting, profile.service)
                if data is not None and (yield from self._report(Notified(setting, data))):
                    self._settings[setting] = data

    def _read_battery(self) -> Conversation:
        data = yield from read(self._services, BATTERY_LEVEL, battery.SERVICE)
        if data is not None:
            yield from self._report(Notified(BATTERY_LEVEL, data))

    def _set_clock(self, ask: Ask, asked_s: float) -> Step[str]:
        return (yield from set_clock(self._services, [profile.service for profile in self._profiles], ask, asked_s))

    def _fetch(self, ask: Ask) -> Step[tuple[str, str]]:
        """What the device has stored; values are subscribed first, for the records come as such. What came of it, and why."""
        profile = next((one for one in self._profiles if one.stores and self._services.find(CONTROL_POINT, one.service)), None)
        if profile is None:
            return "unsupported", "it has no stored records"
        if self._fetching:
            return "failed", "its records are being fetched"
        yield from self._subscribe()
        if not (yield from self._subscribe_to(CONTROL_POINT, profile.service)):
            return "failed", "its control point cannot be subscribed"
        self._fetching = True
        try:
            yield from Fetching(profile.service, self._hear).run(delete=ask.delete)
        except NotFetched as why:
            return "failed", str(why)
        finally:
            self._fetching = False
        return "done", ""

    def _report(self, told: Notified) -> Step[bool]:
        """Whether it was a good value, and one that is worth keeping the link for."""
        profile = next((one for one in self._profiles if one.reads(told.characteristic)), battery.PROFILE)
        try:
            decoded = profile.decode(told.characteristic, told.data, self._settings)
        except Refused as why:
            yield Report(Decoded(refusals=[why.refusal]))
            return False
        yield Report(decoded)
        return profile.patience_s > 0

    def _vibrate(self, level: int) -> Step[str]:
        how = self._services.find(ALERT_LEVEL, IMMEDIATE_ALERT)
        if how is None:
            return "unsupported"
        level = min(max(level, 0), 2)
        self._buzzes_until_s = (yield from now()) + ALERT_LASTS_S if level else None
        with_response = "write-without-response" not in how
        answer = yield Write(ALERT_LEVEL, bytes((level,)), IMMEDIATE_ALERT, response=with_response)
        return "sent" if answer is True else "failed"


def _answer(ask: Ask, result: str, why: str = "") -> Conversation:
    status: dict[str, object] = {"ask": ask.do, "result": result}
    yield Report(Decoded(status=status | {"why": why} if why else status))

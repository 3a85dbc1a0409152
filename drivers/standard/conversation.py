"""The conversation of a device that speaks standard profiles, made of all the profiles that it offers.

    subscribe all values     at once: a cuff waits for that, sends what it has, and hangs up after seconds
    read the settings        what decodes the values that follow; optional
    read the clock, set it   a visit only; what was stamped before is wrong by what was read
    read the battery         a visit only
    listen                   until it hangs up, is silent for too long, or a visit that does not stream has lasted too long

An Ask may come while it listens. Immediate Alert (2A06 of service 1802; Link Loss 1803 has one too, which buzzes later) makes
it vibrate: 01 mild, 02 high, 00 after ten seconds. No answer tells whether it did: what is reported is "sent".

No step is an error but a refused subscription, which mostly means that the bond is lost: pair again.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from datetime import datetime, timedelta

from drivers.bluetooth_uuid import full_uuid
from drivers.date_time import decode_date_time, encode_current_time, encode_date_time
from drivers.driver import (
    Answer,
    Ask,
    Conversation,
    Decoded,
    Notified,
    Now,
    Read,
    Refused,
    Report,
    Services,
    Subscribe,
    Wait,
    Want,
    Write,
)
from drivers.standard import battery
from drivers.standard.battery import BATTERY_LEVEL, CURRENT_TIME, DATE_TIME
from drivers.standard.profile import Profile

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
        if patience_s:
            yield from self.listen(patience_s)

    def act(self, ask: Ask) -> Conversation:
        """What is asked of the device itself."""
        asked_s = yield from _now()
        match ask.do:
            case "vibrate":
                result = yield from self._vibrate(ask.level)
            case "clock":
                result = yield from self._set_clock(ask, asked_s)
            case "visit":
                yield from self._set_clock(ask, asked_s)
                yield from self._read_battery()
                result = "done"
            case "listen":
                return
            case _:
                result = "unsupported"
        yield Report(Decoded(status={"ask": ask.do, "result": result}))

    def listen(self, patience_s: float) -> Conversation:
        """Hands over what comes. Ends after so long without a good value, but never while the device buzzes."""
        now_s = yield from _now()
        streams = any(profile.streams for profile in self._profiles)
        ends_s = math.inf if streams else now_s + VISIT_LASTS_S
        silent_s = min(ends_s, now_s + patience_s)
        while True:
            if self._buzzes_until_s is not None and now_s >= self._buzzes_until_s:
                yield from self._vibrate(0)
            if self._buzzes_until_s is None and now_s >= silent_s:
                return
            event = yield Wait((silent_s if self._buzzes_until_s is None else self._buzzes_until_s) - now_s)
            now_s = yield from _now()
            if isinstance(event, Ask):
                yield from self.act(event)
            elif isinstance(event, Notified) and (yield from self._report(event)):
                silent_s = min(ends_s, now_s + patience_s)

    # --- its steps ---

    def _subscribe(self) -> Generator[Want, Answer, float]:
        """How long silence may last; 0 where there is nothing to wait for."""
        patience_s = 0.0
        for profile in self._profiles:
            for value in profile.values:
                how = self._services.find(value, profile.service) or frozenset()
                if not how & {"notify", "indicate"}:
                    continue
                answer = yield Subscribe(value, profile.service, "indicate" if "indicate" in how else "notify")
                if answer is True:
                    patience_s = max(patience_s, profile.patience_s)
                else:
                    yield Report(Decoded(status={"subscription_refused": value}))
        return patience_s

    def _read_settings(self) -> Conversation:
        for profile in self._profiles:
            for setting in profile.settings:
                data = yield from self._read(setting, profile.service)
                if data is not None and (yield from self._report(Notified(setting, data))):
                    self._settings[setting] = data

    def _read_battery(self) -> Conversation:
        data = yield from self._read(BATTERY_LEVEL, battery.SERVICE)
        if data is not None:
            yield from self._report(Notified(BATTERY_LEVEL, data))

    def _read(self, characteristic: str, service: str | None) -> Generator[Want, Answer, bytes | None]:
        if "read" not in (self._services.find(characteristic, service) or ()):
            return None
        answer = yield Read(characteristic, service)
        return answer if isinstance(answer, bytes) else None

    def _report(self, told: Notified) -> Generator[Want, Answer, bool]:
        """Whether it was a good value, and one that is worth keeping the link for."""
        profile = next((one for one in self._profiles if told.characteristic in (*one.values, *one.settings)), battery.PROFILE)
        try:
            decoded = profile.decode(told.characteristic, told.data, self._settings)
        except Refused as why:
            yield Report(Decoded(refusals=[why.refusal]))
            return False
        yield Report(decoded)
        return profile.patience_s > 0

    # --- clock and vibration ---

    def _set_clock(self, ask: Ask, asked_s: float) -> Generator[Want, Answer, str]:
        """Date Time of the measuring service goes before Current Time, where a device has both."""
        if ask.clock is None:
            return "failed"
        asked = datetime.fromisoformat(ask.clock).replace(tzinfo=None)
        places = [(DATE_TIME, profile.service) for profile in self._profiles] + [(CURRENT_TIME, None)]
        device = yield from self._first_read(places)
        local = asked + timedelta(seconds=(yield from _now()) - asked_s)
        yield from _report_offset(device, local)
        for clock, service in places:
            if "write" in (self._services.find(clock, service) or ()):
                encode = encode_date_time if clock == DATE_TIME else encode_current_time
                answer = yield Write(clock, encode(local.replace(microsecond=0)), service)
                return "done" if answer is True else "failed"
        return "unsupported"

    def _first_read(self, places: Sequence[tuple[str, str | None]]) -> Generator[Want, Answer, bytes | None]:
        for characteristic, service in places:
            data = yield from self._read(characteristic, service)
            if data is not None:
                return data
        return None

    def _vibrate(self, level: int) -> Generator[Want, Answer, str]:
        how = self._services.find(ALERT_LEVEL, IMMEDIATE_ALERT)
        if how is None:
            return "unsupported"
        level = min(max(level, 0), 2)
        now_s = yield from _now()
        self._buzzes_until_s = now_s + ALERT_LASTS_S if level else None
        with_response = "write-without-response" not in how
        answer = yield Write(ALERT_LEVEL, bytes((level,)), IMMEDIATE_ALERT, response=with_response)
        return "sent" if answer is True else "failed"


def _report_offset(device: bytes | None, local: datetime) -> Conversation:
    at = decode_date_time(device) if device else None
    if at is not None:
        yield Report(Decoded(status={"clock_offset_s": round((at - local).total_seconds())}))


def _now() -> Generator[Want, Answer, float]:
    answer = yield Now()
    return answer if isinstance(answer, int | float) else 0

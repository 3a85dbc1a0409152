"""The conversation of a device that speaks standard profiles, made of all the profiles that it offers.

    subscribe all values     at once: a cuff waits for that, sends what it has, and hangs up after seconds; the battery's after
                             it was read, else what is read comes as a notification too
    read the settings        what decodes the values that follow; optional
    read the clock, set it   a visit only; what was stamped before is wrong by what was read
    read the battery         a visit only; what a device repeats of it with each value is told when it changes
    fetch what is stored     a visit only, where there is a Record Access Control Point
    read who made it         a visit only
    listen                   until it hangs up, is silent for too long, or a visit that does not stream has lasted too long

An order may come while it listens or fetches, and is done at once. Immediate Alert (2A06 of service 1802; Link Loss 1803 has
one too, which buzzes later) makes it vibrate: 01 mild, 02 high, 00 after ten seconds. No answer tells whether it did: "sent".

No step is an error. That one is refused for want of a bond is the link's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import inf
from typing import get_args

from drivers.bluetooth_uuid import full_uuid
from drivers.driver import (
    BytesReceived,
    Context,
    Conversation,
    Decoded,
    Fetch,
    Listen,
    Notified,
    Order,
    Refused,
    Report,
    Services,
    SetClock,
    Silence,
    Subscribe,
    Vibrate,
    Visit,
    Write,
)
from drivers.standard import battery, device_information
from drivers.standard.battery import BATTERY_LEVEL
from drivers.standard.clock import set_clock
from drivers.standard.profile import Profile
from drivers.standard.record_access import CONTROL_POINT, Fetching
from drivers.steps import Step, now, read
from drivers.talk import Acts, Doing, NotDone, Talk

IMMEDIATE_ALERT = full_uuid(0x1802)
ALERT_LEVEL = full_uuid(0x2A06)

ALERT_LASTS_S = 10
VISIT_LASTS_S = 180  # a device that neither hangs up nor falls silent gives the slot back


def converse(profiles: Sequence[Profile], services: Services, _context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection with those of `profiles` that the device offers."""
    talk = StandardTalk([profile for profile in profiles if profile.service in services.offered], services)
    yield from talk.visit(order) if isinstance(order, Visit | Listen) else talk.obey_once(order)


class StandardTalk(Talk[Notified]):
    """One connection: what was learnt in it, and when it gave a good value last."""

    def __init__(self, profiles: Sequence[Profile], services: Services) -> None:
        acts: Acts = {Visit: self._do_visit, SetClock: self._set_clock, Fetch: self._fetch, Vibrate: self._vibrate}
        super().__init__(self._hear_value, acts, at_once=frozenset(get_args(Order)))
        self._profiles = profiles
        self._services = services
        self._settings: dict[str, bytes] = {}
        self._patience_s: float | None = None  # None: nothing is subscribed yet
        self._good_s = 0.0
        self._battery = b""  # as it was told last
        self._fetching = False

    def visit(self, order: Order) -> Conversation:
        """Everything from the subscriptions to the last value."""
        patience_s = yield from self._subscribe()
        yield from self._read_settings()
        yield from self.act(order)  # where it comes to nothing, what is measured is told all the same
        if patience_s:
            yield from self._subscribe_to(BATTERY_LEVEL, battery.SERVICE)
            yield from self._listen(patience_s)

    def obey_once(self, order: Order) -> Conversation:
        """What is ordered of the device itself."""
        yield from self.act(order)
        yield from self._listen(patience_s=0)

    def _listen(self, patience_s: float) -> Conversation:
        """Hears what comes. Ends after so long without a good value, but never while the device buzzes."""
        self._good_s = now_s = yield from now()
        ends_s = inf if any(profile.streams for profile in self._profiles) else now_s + VISIT_LASTS_S
        while (yield from self.live_on(max(self._buzzes_until_s, min(ends_s, self._good_s + patience_s)))):
            pass

    def _hear_value(self, event: Notified | BytesReceived | Silence) -> Step[list[Notified]]:
        if not isinstance(event, Notified):
            return []
        if event.characteristic == BATTERY_LEVEL:
            yield from self._tell_battery(event.data)
        elif (yield from self._report(event)):
            self._good_s = yield from now()
        return [event]

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

    # --- what may be ordered ---

    def _do_visit(self, order: Visit) -> Doing:
        if not self._profiles:  # BlueZ may call a device connected before it knows all its services
            raise NotDone("services missing")
        with suppress(NotDone):  # what it measures is told all the same
            yield from self._set_clock(order)
        yield from self._read_battery()
        if self._stores:
            yield from self._fetch(Fetch())
        yield from device_information.read_all(self._services)
        return "done"

    def _set_clock(self, _order: Order) -> Doing:
        measuring = [profile.service for profile in self._profiles]
        yield from set_clock(self._services, measuring, (yield from self.time()))
        return "done"

    def _fetch(self, order: Fetch) -> Doing:
        """What the device has stored; values are subscribed first, for the records come as such."""
        if self._stores is None:
            raise NotDone("it has no stored records", "unsupported")
        if self._fetching:
            raise NotDone("its records are being fetched", "busy")
        yield from self._subscribe()
        if not (yield from self._subscribe_to(CONTROL_POINT, self._stores)):
            raise NotDone("its control point cannot be subscribed")
        self._fetching = True
        try:
            with self.expecting(lambda _value: True) as values:
                yield from Fetching(self._stores, values).run(delete=order.delete)
        finally:
            self._fetching = False
        return "done"

    def _vibrate(self, order: Vibrate) -> Doing:
        if self._services.find(ALERT_LEVEL, IMMEDIATE_ALERT) is None:
            raise NotDone("it has no Immediate Alert", "unsupported")
        level = min(max(order.level, 0), 2)
        self.do_at((yield from now()) + ALERT_LASTS_S, self._stop_buzzing if level else None)
        if not (yield from self._alert(level)):
            raise NotDone("it does not take the alert")
        return "sent"

    # --- its steps ---

    def _alert(self, level: int) -> Step[bool]:
        with_response = "write-without-response" not in (self._services.find(ALERT_LEVEL, IMMEDIATE_ALERT) or ())
        return (yield Write(ALERT_LEVEL, bytes((level,)), IMMEDIATE_ALERT, response=with_response)) is True

    def _stop_buzzing(self) -> Conversation:
        yield from self._alert(0)

    @property
    def _buzzes_until_s(self) -> float:
        return self.later_s if self.later_s < inf else 0

    @property
    def _stores(self) -> str | None:
        """The service whose control point gives stored records."""
        of_profiles = (profile.service for profile in self._profiles if profile.stores)
        return next((service for service in of_profiles if self._services.find(CONTROL_POINT, service)), None)

    def _subscribe(self) -> Step[float]:
        """How long silence may last; 0 where there is nothing to wait for."""
        if self._patience_s is not None:
            return self._patience_s
        self._patience_s = 0.0
        for profile in self._profiles:
            for value in profile.values if profile is not battery.PROFILE else ():
                if (yield from self._subscribe_to(value, profile.service)):
                    self._patience_s = max(self._patience_s, profile.patience_s)
        return self._patience_s

    def _subscribe_to(self, value: str, service: str) -> Step[bool]:
        how = self._services.find(value, service) or frozenset()
        if not how & {"notify", "indicate"}:
            return False
        return (yield Subscribe(value, service, "indicate" if "indicate" in how else "notify")) is True

    def _read_settings(self) -> Conversation:
        for profile in self._profiles:
            for setting in profile.settings:
                data = yield from read(self._services, setting, profile.service)
                if data is not None and (yield from self._report(Notified(setting, data))):
                    self._settings[setting] = data

    def _read_battery(self) -> Conversation:
        data = yield from read(self._services, BATTERY_LEVEL, battery.SERVICE)
        self._battery = b""
        if data is not None:
            yield from self._tell_battery(data)

    def _tell_battery(self, data: bytes) -> Conversation:
        if data != self._battery:
            self._battery = data
            yield from self._report(Notified(BATTERY_LEVEL, data))

"""The duty list: whose phone is asked by SMS, when, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from gateway.duty.phone_numbers import international
from gateway.duty.shift import ALWAYS, Shift

CHINA = "+86"


class Phone(Struct, frozen=True):
    """A phone of the list. `test`: it gets the daily test SMS."""

    name: str
    number: str
    shift: Shift = ALWAYS
    test: bool = False


class DutyList(Struct, frozen=True):
    """The phones in the order in which they are asked. `country`: of numbers that are written without a country code."""

    phones: tuple[Phone, ...] = ()
    country: str = CHINA

    def on_duty(self, local: datetime) -> Sequence[Phone]:
        """Who is asked at this moment (local time): those on duty, and where nobody is, all."""
        return [phone for phone in self.phones if phone.shift.covers(local)] or self.phones

    def named(self, name: str) -> Phone | None:
        """The phone of this name; None: it is not in the list (any more)."""
        return next((phone for phone in self.phones if phone.name == name), None)

    def whose(self, number: str) -> Phone | None:
        """Whose phone has this number, however it is written."""
        full = international(number, self.country)
        return next((phone for phone in self.phones if international(phone.number, self.country) == full), None)

    @property
    def tested(self) -> Sequence[Phone]:
        """Those that get the daily test SMS."""
        return [phone for phone in self.phones if phone.test]

"""Hears whether a band that nobody enrolled calls for help: its wearer may need it no less."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.driver import Advertisement, AdvertisementDriver, Refused
from drivers.framing import MANUFACTURER_DATA, SERVICE_DATA_16, ad_structures
from drivers.presses import tells_of_presses
from gateway.driver_bugs import DriverFaults, decode
from gateway.intake.press_memories import PressMemories
from gateway.rules.help import calls_for_help

REMEMBERED = 256  # anybody can invent addresses
DECODED_PER_S = 500  # frames; a flood of strangers must leave the time for the bands


class UnregisteredDevices:
    """Knows the drivers of advertisements; remembers the last presses of the last strangers, in memory only."""

    def __init__(self, drivers: Iterable[AdvertisementDriver], boot: str, faults: DriverFaults) -> None:
        self._faults = faults
        self._by_service: dict[int, list[AdvertisementDriver]] = {}
        self._by_company: dict[int, list[AdvertisementDriver]] = {}
        for driver in drivers:
            for service in driver.services:
                self._by_service.setdefault(service, []).append(driver)
            for company in driver.companies:
                self._by_company.setdefault(company, []).append(driver)
        self._presses = PressMemories(boot)
        self._second, self._decoded = 0, 0

    def calls_for_help(self, advertisement: Advertisement, now_s: float) -> bool:
        """Whether this advertisement of an unknown device is a new call for help, as far as can be told without a key."""
        return any(
            self._calls(driver, advertisement, now_s)
            for driver in self._candidates(advertisement.data)
            if self._may_decode(now_s)
        )

    def _may_decode(self, now_s: float) -> bool:
        """What is left out is no loss: a press is sent tens of times."""
        if int(now_s) != self._second:
            self._second, self._decoded = int(now_s), 0
        self._decoded += 1
        return self._decoded <= DECODED_PER_S

    def _candidates(self, data: bytes) -> list[AdvertisementDriver]:
        found: list[AdvertisementDriver] = []
        try:
            for kind, value in ad_structures(data):
                number = int.from_bytes(value[:2], "little")
                if kind == SERVICE_DATA_16:
                    found += self._by_service.get(number, [])
                elif kind == MANUFACTURER_DATA:
                    found += self._by_company.get(number, [])
        except Refused:
            pass  # what stood before the broken structure counts
        return found

    def _calls(self, driver: AdvertisementDriver, advertisement: Advertisement, now_s: float) -> bool:
        try:
            decoded = decode(driver, advertisement, None, self._faults)
        except Refused:
            return False
        if not tells_of_presses(decoded):
            return False
        new, _ = self._presses.deduplicate(driver.presses, advertisement.address, decoded, now_s)
        self._presses.forget_all_but(REMEMBERED)
        return any(calls_for_help(measurement, driver.keys_call_for_help) for measurement in new.measurements)

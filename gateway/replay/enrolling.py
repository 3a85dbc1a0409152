"""Who is enrolled in a replay: the bands of the configuration, and every wearer and device of the lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.readings import Enrolment
from gateway.replay.known_drivers import USUAL_DRIVER
from gateway.replay.lines import ReadingLine


class Enrolling:
    """Fed with all lines before the first is played. `bands`: by address; `wearers`: of the lines."""

    def __init__(self, bands: Mapping[str, Enrolment]) -> None:
        self.bands = dict(bands)
        self.wearers: set[str] = set()
        self._of_wearer: dict[tuple[str, str], str] = {}
        for band in bands.values():
            self._of_wearer.setdefault((band.wearer, band.driver), band.address)

    def take(self, line: ReadingLine) -> None:
        """Whoever is named in it is enrolled from the first line on."""
        self.wearers.add(line.wearer)
        device, driver = self.device_and_driver(line)
        if device not in self.bands:
            self.bands[device] = Enrolment(address=device, driver=driver, wearer=line.wearer)

    def device_and_driver(self, line: ReadingLine) -> tuple[str, str]:
        """Of this line, also where it names none: then the device is one of the wearer and the driver."""
        if line.device:
            if line.driver:
                return line.device, line.driver
            band = self.bands.get(line.device)
            return line.device, band.driver if band else USUAL_DRIVER
        driver = line.driver or USUAL_DRIVER
        key = (line.wearer, driver)
        device = self._of_wearer.get(key)
        if device is None:
            device = self._of_wearer[key] = f"{line.wearer}/{driver}"
        return device, driver

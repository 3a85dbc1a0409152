"""Real series under the rules: files `wearer,at_ms,kind,value` of a folder outside the repository (`--vitals DIR`).

What the first version of the rules gave on all people of the same sets is kept here to compare with. Half of them are in
no such folder, so that nobody fits the rules to them.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import itertools
from pathlib import Path
from typing import NamedTuple, cast

from drivers.measurement import BloodPressure, Kind, Value
from gateway.readings import Reading
from tests.ward.band import DAY_MS
from tests.ward.outcome import Outcome, outcome
from tests.ward.shipped import table
from tests.ward.station import Station

WORN_APART_MS = 1_800_000


class Before(NamedTuple):
    """Alerts a day of the first version of the rules, on all people of the set."""

    critical: float
    warning: float
    advisory: float
    chatter: float


class DataSet(NamedTuple):
    """A file; `enrolled`: its days are counted from the first to the last reading, for nobody wears a cuff."""

    file: str
    what: str
    source: str
    enrolled: bool
    before: Before
    sha256: str


SETS = (
    DataSet(
        "fitbit-5s.csv.gz",
        "wrist heart rate every 5 to 15 s, sport and sleep included",
        "FitBit Fitness Tracker Data (Furberg et al. 2016), CC0",
        enrolled=False,
        before=Before(0.72, 0.33, 6.82, 0.54),
        sha256="d1bc714808463a397470c3e0a98390fa5bdbf6e5c2f56e775f337e468a7986ac",
    ),
    DataSet(
        "tihm.csv.gz",
        "people with dementia at home: cuff, pulse, thermometer",
        "TIHM data set (Palermo et al. 2023), CC BY 4.0",
        enrolled=True,
        before=Before(0.004, 0.075, 0.076, 0.20),
        sha256="41808ea537fc601ec822c300c417bc42e8e1406a6d81c2a8a429876cca987c06",
    ),
    DataSet(
        "welltory.csv.gz",
        "home blood pressure",
        "Welltory COVID-19 and Wearables data, CC0",
        enrolled=True,
        before=Before(0.003, 0.015, 0.089, 0.03),
        sha256="f0a5310b9e9d72b573ea83262e8fd4ece32c85c955e7bef3b40e58f6ff5eee93",
    ),
)
DRIVERS: dict[Kind, str] = {"blood_pressure": "ble-blood-pressure", "body_temperature": "ble-thermometer"}


class Series(NamedTuple):
    """Of one person of a set: the place among them."""

    folder: Path
    place: int
    name: str


def people(folder: Path, place: int) -> list[Series]:
    """All of a set."""
    with gzip.open(folder / SETS[place].file, "rt", encoding="utf-8", newline="") as lines:
        return [Series(folder, place, name) for name in dict.fromkeys(row["wearer"] for row in csv.DictReader(lines))]


def judged(one: Series) -> Outcome:
    """What the rules make of this person."""
    which = SETS[one.place]
    with gzip.open(one.folder / which.file, "rt", encoding="utf-8", newline="") as lines:
        series = [_reading(row) for row in csv.DictReader(lines) if row["wearer"] == one.name]
    return _outcome(one.name, which, sorted(series, key=lambda reading: reading.at_ms))


def is_that_file(folder: Path, which: DataSet) -> bool:
    """Whether the file is there and is the one that was measured."""
    file = folder / which.file
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == which.sha256


def _outcome(name: str, which: DataSet, series: list[Reading]) -> Outcome:
    station = Station(table(), keep=False)
    station.hear(series)
    station.wait(series[-1].at_ms + DAY_MS)
    days = (series[-1].at_ms - series[0].at_ms) / DAY_MS + 1 if which.enrolled else _worn_days(series)
    return outcome(name, days, 0, len(series), station.finish(), station.events)


def _worn_days(series: list[Reading]) -> float:
    times = [reading.at_ms for reading in series]
    return sum(b - a for a, b in itertools.pairwise(times) if b - a <= WORN_APART_MS) / DAY_MS


def _reading(row: dict[str, str]) -> Reading:
    kind = cast("Kind", row["kind"])
    driver = DRIVERS.get(kind, "serial-hub")
    at_ms = int(row["at_ms"])
    return Reading(
        wearer=row["wearer"],
        device=f"{driver}/{row['wearer']}",
        driver=driver,
        kind=kind,
        value=_value(row["value"]),
        at_ms=at_ms,
        received_ms=at_ms,
        clock="synced",
    )


def _value(text: str) -> Value:
    if "/" in text:
        systolic, diastolic = text.split("/")
        return BloodPressure(float(systolic), float(diastolic))
    return float(text)

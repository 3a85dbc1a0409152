"""docs/wristbands.md, the same page in Chinese and `lifering drivers` say the same, of every driver."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import drivers
from drivers.driver import Advertisement, AdvertisementDriver, Refused
from drivers.measurement import UNITS
from drivers.presses import PressMemory, deduplicate_presses
from gateway import cli
from gateway.cli.drivers import sensor_words
from gateway.language import Language, Said
from gateway.words.command_line import KINDS, SENSORS, TRANSPORTS
from tests.drivers.vectors import Frame
from tests.drivers.vectors import frames as all_frames

DOCS = Path(__file__).parent.parent / "docs"
PAGES: dict[Language, Path] = {"en": DOCS / "wristbands.md", "zh-CN": DOCS / "wristbands.zh-CN.md"}
LIST: dict[Language, tuple[str, ...]] = {
    "en": ("driver", "what it is", "how it is spoken with", "measures", "sensor", "who can imitate it"),
    "zh-CN": ("驱动", "设备", "连接方式", "测量内容", "传感器", "谁可以仿冒"),
}
IMITATION = {
    "anybody": Said("anybody in radio reach", "无线范围内的任何人"),
    "with_key": Said("nobody, once its key is enrolled", "登记密钥后无人可以"),
    "cable": Said("who is at its cable", "能接触其线缆的人"),
    "id": Said("who knows its id, from anywhere", "任何地方知道其编号的人"),
    "heard": Said("as each band that it hears", "与它所接收的手环相同"),
}
DETAILS: dict[Language, tuple[str, ...]] = {
    "en": ("driver", "products", "measures", "to enrol it", "not supported", "how sure"),
    "zh-CN": ("驱动", "产品", "测量内容", "登记方法", "不支持", "验证程度"),
}
LANGUAGES = pytest.mark.parametrize("language", list(PAGES))

Row = dict[str, str]


def tables(language: Language) -> Iterator[list[Row]]:
    """Every table of the page, as rows by the names of its columns."""
    for table in re.findall(r"(?:^\|.*\|\n)+", PAGES[language].read_text(encoding="utf-8"), re.MULTILINE):
        head, _rule, *rows = [cells(line) for line in table.splitlines()]
        yield [dict(zip(head, row, strict=True)) for row in rows]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|\n").split("|")]


def details(language: Language) -> dict[str, Row]:
    """What the page says of each driver at length."""
    rows = [row for table in tables(language) for row in table if set(DETAILS[language]) <= row.keys()]
    found = {row[DETAILS[language][0]].strip("`"): row for row in rows}
    assert len(found) == len(rows), "a driver has two rows"
    return found


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `lifering drivers --json` says, by name."""
    assert cli.main(["drivers", "--json"]) == 0
    drivers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {driver["name"]: driver for driver in drivers}


@LANGUAGES
def test_the_list_of_the_page_is_the_list_of_the_command(language: Language, told: dict[str, Any]) -> None:
    (listed,) = [table for table in tables(language) if tuple(table[0]) == LIST[language]]

    assert [tuple(row.values()) for row in listed] == [_listed(language, driver) for driver in told.values()]


def _listed(language: Language, told: dict[str, Any]) -> tuple[str, ...]:
    """A row as it must be: in English by the words of `--json`, in Chinese by those for people."""
    driver = drivers.driver(told["name"])
    imitation = IMITATION[told["imitation"]].of(language)
    if language == "en":
        kinds = ", ".join(f"`{kind}`" for kind in told["measures"])
        return f"`{driver.name}`", told["title"], told["transport"], kinds, ", ".join(sensor_words(driver.sensor)), imitation
    kinds = "、".join(KINDS[kind].chinese for kind in told["measures"])
    sensor = "、".join(SENSORS[word].chinese for word in sensor_words(driver.sensor))
    return f"`{driver.name}`", driver.title_zh, TRANSPORTS[told["transport"]].chinese, kinds, sensor, imitation


@LANGUAGES
def test_every_driver_has_its_row_and_no_other(language: Language, told: dict[str, Any]) -> None:
    assert details(language).keys() == told.keys()


def test_the_rows_stand_in_the_same_order() -> None:
    assert list(details("en")) == list(details("zh-CN"))


@LANGUAGES
def test_a_row_names_all_that_its_driver_measures(language: Language, told: dict[str, Any]) -> None:
    in_rows = {name: _kinds(language, row[DETAILS[language][2]]) for name, row in details(language).items()}

    assert in_rows == {name: set(driver["measures"]) for name, driver in told.items()}


def _kinds(language: Language, cell: str) -> set[str]:
    if language == "en":
        return set(re.findall(r"`(\w+)`", cell)) & UNITS.keys()
    bare = re.split("[、；]", re.sub("（[^）]*）", "", cell))
    return {kind for kind, words in KINDS.items() if words.chinese in bare}


@LANGUAGES
def test_a_row_leaves_nothing_open(language: Language) -> None:
    rows = details(language)
    open_cells = [(name, column) for name, row in rows.items() for column in DETAILS[language] if not row[column]]

    assert open_cells == []


# --- that it is so --------------------------------------------------------------------------------------------------------

ADVERTISED = [driver for driver in drivers.DRIVERS if isinstance(driver, AdvertisementDriver)]
ANOTHER_KEY = bytes(range(16))


def frames(name: str, *, sealed: bool) -> list[Frame]:
    """The vectors of a driver that tell of something, with a key or without one."""
    return [frame for of, frame in all_frames() if of.name == name and frame.expect and bool(frame.key) is sealed]


SEALED = pytest.mark.parametrize(
    "driver", [driver for driver in ADVERTISED if driver.sealed_by_key], ids=lambda driver: driver.name
)


@SEALED
def test_with_its_key_enrolled_neither_a_plain_frame_nor_one_of_another_key_is_taken(driver: AdvertisementDriver) -> None:
    plain, sealed = frames(driver.name, sealed=False), frames(driver.name, sealed=True)
    assert plain
    assert sealed

    for frame in plain + sealed:
        with pytest.raises(Refused):
            driver.decode(Advertisement(frame.data, frame.address), ANOTHER_KEY)


@SEALED
def test_nothing_that_its_key_seals_is_taken_again_when_it_is_played_back(driver: AdvertisementDriver) -> None:
    """Also once a low counter was played, which may have been a new battery until the device itself went on above it."""
    for frame in frames(driver.name, sealed=True):
        recorded = driver.decode(Advertisement(frame.data, frame.address), bytes.fromhex(frame.key))
        assert recorded.counter is not None
        now = recorded.counter + 1_000
        memory = PressMemory("this boot")
        for at_s, counter in enumerate((now, 3, now + 1)):
            memory = deduplicate_presses(driver.presses, memory, replace(recorded, counter=counter), at_s).memory

        played = deduplicate_presses(driver.presses, memory, recorded, 60).decoded

        assert (played.measurements, [refusal.reason for refusal in played.refusals]) == ([], ["replayed"])


@pytest.mark.parametrize(
    "driver", [driver for driver in ADVERTISED if not driver.sealed_by_key], ids=lambda driver: driver.name
)
def test_what_anybody_can_imitate_is_read_without_a_secret(driver: AdvertisementDriver) -> None:
    for frame in frames(driver.name, sealed=False):
        identity = bytes.fromhex(frame.key) or None

        assert driver.decode(Advertisement(frame.data, frame.address), identity).measurements

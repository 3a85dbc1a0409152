"""`lifering drivers` lists what can be enrolled."""

from __future__ import annotations

import json

import pytest

import drivers
from drivers.driver import AdvertisementDriver, Decoded
from drivers.measurement import UNITS
from gateway import cli
from gateway.words.command_line import KINDS


def test_each_driver_is_listed_with_what_it_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drivers"]) == 0

    listed = capsys.readouterr().out
    for driver in drivers.DRIVERS:
        assert driver.name in listed
        assert driver.title in listed
        assert ", ".join(KINDS[kind].english for kind in driver.measures) in listed


def test_on_a_chinese_terminal_they_are_listed_in_chinese(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert cli.main(["drivers"]) == 0

    listed = capsys.readouterr().out
    assert "ble-heart-rate" in listed
    assert "蓝牙连接" in listed
    assert "心率、" in listed
    assert all(driver.title_zh in listed and driver.title not in listed for driver in drivers.DRIVERS)


def test_every_kind_that_there_is_has_a_name_for_people() -> None:
    assert set(KINDS) == set(UNITS)


def test_as_json_each_driver_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drivers", "--json"]) == 0

    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["name"] for one in listed] == [driver.name for driver in drivers.DRIVERS]
    assert {one["transport"] for one in listed} == {"ble-advertisement", "ble-connection", "serial", "tcp-server"}
    assert all(set(one["measures"]) <= UNITS.keys() for one in listed)


def test_a_broken_plug_in_is_named_and_is_no_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "plug_ins", lambda: drivers.PlugIns((), {"my-band (my_band:DRIVER)": "ImportError: no bands"}))

    assert cli.main(["drivers"]) == 0

    assert "the plug-in my-band (my_band:DRIVER) is broken: ImportError: no bands" in capsys.readouterr().err


def test_each_driver_tells_what_of_its_sensor_the_rules_go_by(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drivers", "--json"]) == 0

    told = {one["name"]: one["sensor"] for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert told["serial-hub"] == {"cuff": True, "site": "wrist", "worn": True}
    assert told["omron-bp"] == {"cuff": True, "site": "arm", "worn": False}
    assert told["nonin-df2"] == {"cuff": None, "site": "finger", "worn": False}
    assert told["colmi-ring"] == {"cuff": None, "site": "finger", "worn": True}
    assert told["ble-thermometer"] == {"cuff": None, "site": None, "worn": False}


@pytest.mark.parametrize(
    ("locale", "words"), [("en_US.UTF-8", "cuffless, wrist, worn"), ("zh_CN.UTF-8", "无袖带估算血压、腕部、整日佩戴")]
)
def test_people_are_told_it_too(
    locale: str, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)

    assert cli.main(["drivers"]) == 0

    assert f"\n{'':20} {words}\n" in capsys.readouterr().out


def test_a_plug_in_without_a_chinese_title_is_listed_by_the_one_it_has(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = AdvertisementDriver(name="foreign", title="Foreign pendant", measures=(), decode=lambda _said, _key: Decoded([]))
    monkeypatch.setattr(drivers, "all_drivers", lambda: [foreign])
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert cli.main(["drivers"]) == 0

    assert "Foreign pendant" in capsys.readouterr().out

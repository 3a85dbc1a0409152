"""A spreadsheet shows every reading and event as it was, in the right columns, and runs none of it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.spreadsheet import BOM, READING_COLUMNS, cell, header, reading_row, row, rows

READING = {
    "id": "xishan-01/3/1024",
    "wearer": "W-017",
    "device": "C0:FF:EE:00:00:01",
    "driver": "ble-blood-pressure",
    "kind": "heart_rate",
    "value": 71,
    "unit": "/min",
    "at": "2026-11-23T03:21:09.120Z",
    "received_at": "2026-11-23T03:21:09.480Z",
    "clock": "synced",
    "quality": ["questionable:movement", "corrected_time"],
    "history": False,
}


def cells(line: str) -> dict[str, str]:
    (found,) = csv.reader(io.StringIO(line))
    return dict(zip(READING_COLUMNS, found, strict=True))


def test_the_columns_are_those_of_the_contract() -> None:
    assert header(READING_COLUMNS) == (
        BOM + "id,at,received_at,wearer,device,driver,kind,value,unit,systolic,diastolic,mean,pulse,quality,history\r\n"
    )


def test_a_number_stands_under_value() -> None:
    found = cells(reading_row(READING))

    assert (found["value"], found["systolic"], found["history"]) == ("71", "", "false")
    assert found["quality"] == "questionable:movement corrected_time"


def test_a_blood_pressure_stands_in_its_own_columns() -> None:
    pressure = {"systolic": 128, "diastolic": 82, "mean": 97, "pulse": None}

    found = cells(reading_row(READING | {"kind": "blood_pressure", "value": pressure}))

    assert [found[name] for name in ("value", "systolic", "diastolic", "mean", "pulse")] == ["", "128", "82", "97", ""]


def test_a_place_stands_under_value() -> None:
    place = {"latitude": 30.53, "longitude": -120.68, "accuracy_m": 12}

    assert cells(reading_row(READING | {"value": place}))["value"] == "30.53 -120.68"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "|", "%"])
def test_no_text_begins_like_a_formula(begin: str) -> None:
    assert cell(f"{begin}cmd|' /C calc'!A0").startswith("'")


def test_a_negative_number_stays_a_number() -> None:
    assert cell(-1.5) == "-1.5"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    file = header(["n", "text"]) + "".join(row(["n", "text"], {"n": n, "text": text}) for n, text in enumerate(texts))

    found = list(rows(io.StringIO(file.removeprefix(BOM), newline="")))

    assert [one["text"] for one in found] == texts

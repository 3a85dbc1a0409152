"""What is said at serial lines agrees with the vectors beside the checkout, where there are some."""

from __future__ import annotations

from typing import Any

import pytest

import drivers
from drivers.driver import BytesReceived, Context, Item, Send, SerialDriver
from drivers.serial_line.oximeter_bci import StoreDownload
from tests.drivers import vectors
from tests.drivers.line import Line
from tests.drivers.test_line_talks import SAID
from tests.drivers.test_shared_vectors import FOLDER, shared

NOT_ASKED = {"get time"}  # the clock is set, not read
SERIAL = [driver for driver in drivers.DRIVERS if isinstance(driver, SerialDriver) and driver.name != "serial-hub"]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no shared vectors beside the checkout")


def rows(key: str) -> list[tuple[SerialDriver, dict[str, Any]]]:
    """Every row of serial drivers that has this key."""
    return [(driver, row) for driver in SERIAL for row in shared(driver.name)["frames"] if key in row]


def test_every_shared_command_is_one_that_we_say() -> None:
    said = {bytes_.hex() for commands in SAID.values() for bytes_ in commands.values()}
    commands = {name: data for _, row in rows("commands") for name, data in row["commands"].items() if name not in NOT_ASKED}

    assert commands
    assert [name for name, data in commands.items() if data.lower() not in said] == []


def test_every_shared_download_is_read() -> None:
    found = rows("stored_hex")

    assert [driver.name for driver, _ in found] == ["oximeter-bci"]
    for _, row in found:
        store = StoreDownload()
        items: list[Item] = store.feed(bytes.fromhex(row["stored_hex"])) + store.close()
        told = vectors.sort(items)
        assert vectors.same(told.measurements, row["expect"], in_order=True)
        assert [one.second for one in told.measurements] == [one["second"] for one in row["expect"]]
        assert store.complete


def test_every_shared_answer_is_given() -> None:
    found = rows("answer")

    assert [driver.name for driver, _ in found] == ["omg-serial"]
    for driver, row in found:
        assert driver.converse
        line = Line(driver.converse(Context()))
        line.happens(BytesReceived(bytes.fromhex(row["hex"])))
        assert line.want == Send(row["answer"].encode())


def test_what_the_host_hears_is_understood() -> None:
    answers = {driver.name: row["answers"] for driver, row in rows("answers")}

    assert answers == {
        "nonin-df13": {"time 2050-12-31 14:30:15": "02f206320c1f0e1e0f03", "accepted": "06", "refused": "15"},
        "beurer-bm58": {"hello": "55", "how many (3)": "03"},
    }  # each of them stands in a talk of its driver

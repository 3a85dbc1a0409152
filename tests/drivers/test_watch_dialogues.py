"""A watch that calls is answered, and told what to do, as the vectors beside the checkout say, where there are some."""

from __future__ import annotations

from typing import Any

import pytest

import drivers
from drivers.driver import (
    Automatic,
    CommandResult,
    Find,
    Item,
    Measure,
    Order,
    Outcome,
    SetClock,
    ShowText,
    Vibrate,
    WatchDriver,
    WatchStream,
    WriteBack,
)
from tests.drivers import vectors
from tests.drivers.test_shared_vectors import FOLDER, shared

NAME = "tcp-watch-3g"
ORDERS: dict[str, Order] = {
    "hrtstart,1": Measure("blood_pressure"),
    "bodytemp2": Measure("skin_temperature"),
    "HEALTHAUTOSET,1,1,300": Automatic(5),
    "CR": Measure("position"),
    "FIND": Find(),
    "MESSAGE,5E2E52A95DF257288DEF4E0A": ShowText("帮助已在路上"),
}
NOT_SAID = {"hrtstart,300"}  # firmware before HEALTHAUTOSET
HEARTBEAT = b"[3G*8800000015*0002*LK]"


def stream() -> WatchStream:
    driver = drivers.driver(NAME)
    assert isinstance(driver, WatchDriver)
    return driver.decoder()


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no shared vectors beside the checkout")
@pytest.mark.parametrize("row", shared(NAME)["dialogues"] if FOLDER.is_dir() else [], ids=lambda row: row["name"])
def test_a_shared_dialogue_of_a_watch(row: dict[str, Any]) -> None:
    watch = stream()
    replies: list[bytes] = []
    for number, step in enumerate(row["steps"]):
        if "band_sends" in step:
            assert replies == []
            items = watch.feed(bytes.fromhex(step["band_sends"]))
            assert vectors.same(vectors.sort(items).measurements, step["expect"], in_order=True), step
            replies = [item.data for item in items if isinstance(item, WriteBack)]
            continue
        wanted = bytes.fromhex(step["gateway_writes"])
        content = wanted.rpartition(b"*")[2][:-1].decode()
        if replies:
            assert replies.pop(0) == wanted
        elif content not in NOT_SAID:
            assert watch.order(number, ORDERS[content]) == wanted
    assert replies == []


def test_a_watch_confirms_an_order_by_its_word() -> None:
    watch = stream()
    watch.feed(HEARTBEAT)

    watch.order(7, Find())
    told = watch.feed(b"[3G*8800000015*0004*FIND][3G*8800000015*0004*FIND]")

    assert told == [CommandResult(7, Outcome("done"))]


@pytest.mark.parametrize("order", [SetClock(), Vibrate(), Measure("oxygen_saturation"), Measure("heart_rate", stream=True)])
def test_what_a_watch_has_no_word_for_is_not_said(order: Order) -> None:
    watch = stream()
    watch.feed(HEARTBEAT)

    assert watch.order(1, order) == b""


def test_nobody_is_told_anything_before_he_has_spoken() -> None:
    assert stream().order(1, Find()) == b""


@pytest.mark.parametrize(
    ("sent", "reply"),
    [
        pytest.param(b"[3G*8800000015*000E*AL_LTE,garbled]", b"[3G*8800000015*0002*AL]", id="an alarm nobody can read"),
        pytest.param(b"[3G*8800000015*00ZZ*AL]", b"[3G*8800000015*0002*AL]", id="an alarm whose length is no number"),
        pytest.param(b"[3G*8800000015*0001*AL_NEW,1]", b"[3G*8800000015*0002*AL]", id="an alarm of a suffix nobody knows"),
    ],
)
@pytest.mark.fault("bytes from outside", "an alarm of a watch that cannot be read", promise="it is an SOS, and answered")
def test_an_alarm_that_cannot_be_read_is_an_sos_and_answered(sent: bytes, reply: bytes) -> None:
    found = stream().feed(sent)

    assert [(one.kind, one.value, one.quality) for one in vectors.sort(found).measurements] == [
        ("button", "sos", ("questionable:length",))
    ]
    assert [item for item in found if isinstance(item, WriteBack)] == [WriteBack(reply, "8800000015", after_stored=True)]


def test_all_of_one_frame_is_one_record_so_that_an_sos_tells_where() -> None:
    found = stream().feed(b"[3G*1*0002*LK][3G*8800000015*0000*AL,010326,080910,A,30.5,N,120.6,E,0,0,0,6,100,70,0,0,00010000,]")

    told = vectors.sort(found).measurements
    assert [one.kind for one in told] == ["button", "position", "battery"]
    assert len({one.record for one in told}) == 1
    assert told[0].event == "2026-03-01T08:09:10Z"


@pytest.mark.parametrize("word", ["UD", "UD_LTE", "UD2", "WT"])
def test_a_position_whose_length_is_wrong_keeps_its_time(word: str) -> None:
    said = f"[3G*8800000015*0000*{word},010326,080910,V,,,,,0,0,0,6,100,70,0,0,00000000,]"

    (battery,) = vectors.sort(stream().feed(said.encode())).measurements

    assert (battery.device_time, battery.quality) == ("2026-03-01T08:09:10Z", ("questionable:length",))


def test_a_clock_that_was_never_set_numbers_no_press() -> None:
    """It may say the same at the next one."""
    told = vectors.sort(stream().feed(b"[3G*8800000015*0000*AL,010100,000000,V,,,,,0,0,0,6,100,70,0,0,00010000,]")).measurements

    assert [one.event for one in told] == [None, None]


@pytest.mark.fault("bytes from outside", "a frame of a watch that never ends", promise="no memory grows")
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_frame_that_never_ends_is_refused_once_and_the_next_one_counts(size: int) -> None:
    sent = b"[3G*8800000015*FFFF*img," + b"x" * 40_000 + HEARTBEAT
    watch = stream()
    items: list[Item] = []

    for at in range(0, len(sent), size):
        items += watch.feed(sent[at : at + size])

    assert vectors.sort(items).refused == ["length"]
    assert vectors.sort(items).status == {"reply": HEARTBEAT.decode()}
    assert watch.close() == []


def test_a_watch_that_repeats_its_alarm_though_it_was_answered_hears_its_own_word() -> None:
    watch, alarm = stream(), b"[3G*8800000015*000E*AL_LTE,garbled]"

    replies = [item.data for _ in range(5) for item in watch.feed(alarm) if isinstance(item, WriteBack)]

    assert replies == 3 * [b"[3G*8800000015*0002*AL]"] + 2 * [b"[3G*8800000015*0006*AL_LTE]"]

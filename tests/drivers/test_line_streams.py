"""Whatever comes over a serial line: nothing grows, the next good frame is found, and nonsense is not believed."""

from __future__ import annotations

import tracemalloc

import pytest

import drivers
from drivers.device_clock import device_time
from drivers.driver import Item, Refusal, Refused, SerialDriver, Status
from drivers.measurement import Measurement
from drivers.serial_line.bit_frames import BitFrames
from drivers.serial_line.frame_search import Broken, Found, FrameSearch, Stray, Unclear, WholeFrame, stray_before
from drivers.serial_line.state_changes import StateChanges
from drivers.serial_line.text_lines import TextLines
from tests.drivers import vectors

SERIAL = [driver for driver in drivers.DRIVERS if isinstance(driver, SerialDriver)]
EVERY_LINE = pytest.mark.parametrize("driver", SERIAL, ids=lambda driver: driver.name)
GARBAGE = [
    b"\x55" * 4096,
    b"\xff" * 4096,
    b"\x01\x81" * 2048,
    b"$" * 4096,
    b"{" * 4096,
    b"\xaa\x80\x03\x0f" * 1024,
    b"\x00\x02\x00\x0d\x01\x00" * 700,
]


@EVERY_LINE
@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: garbage[:6].hex())
def test_a_stream_of_garbage_grows_no_memory(driver: SerialDriver, garbage: bytes) -> None:
    decoder = driver.decoder()
    decoder.feed(garbage)

    tracemalloc.start()
    for _ in range(20):
        decoder.feed(garbage)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 16_384


@pytest.mark.parametrize(
    "driver", [one for one in SERIAL if not isinstance(one.decoder(), BitFrames)], ids=lambda driver: driver.name
)
def test_after_a_pause_a_frame_that_was_begun_spoils_no_later_one(driver: SerialDriver) -> None:
    good = [frame for frame in vectors.BY_DRIVER[driver.name].frame if frame.expect and not frame.refused]
    good += [frame for frame in vectors.BY_DRIVER[driver.name].frame if frame.advertisements and not frame.refused]

    for frame in good:
        decoder = driver.decoder()
        decoder.feed(frame.data[: len(frame.data) // 2])
        decoder.close()

        found = vectors.sort([*decoder.feed(frame.data), *decoder.close()])

        assert found.refused == [], frame.name
        assert vectors.same(found.measurements, frame.expect, in_order=True), frame.name
        assert found.advertisements == frame.advertisements
    assert good


# --- lines of text ---


def line(text: bytes) -> list[Item]:
    if text.startswith(b"no"):
        raise Refused("not_mine", "")
    if text.startswith(b"bad"):
        raise Refused("implausible", "")
    return [Status({"line": text.decode("latin-1")})]


def heard(items: list[Item]) -> list[str]:
    """Lines, and the reasons of refusals."""
    return [
        str(item.fields["line"]) if isinstance(item, Status) else f"<{item.reason}>" if isinstance(item, Refusal) else "?"
        for item in items
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(b"a\r\nb\nc\rd\n\re\n", ["a", "b", "c", "d", "e"], id="every line end"),
        pytest.param(b"\r\n\r\na\r\n\r\n", ["a"], id="empty lines are nothing"),
        pytest.param(b"no\nno\n\nno\na\nno\n", ["<not_mine>", "a", "<not_mine>"], id="neighbours are one refusal"),
        pytest.param(
            b"no\nbad\nno\nbad\nbad\n",
            ["<not_mine>", "<implausible>", "<not_mine>", "<implausible>", "<implausible>"],
            id="others are not",
        ),
        pytest.param(b"x" * 21 + b"\na\n", ["<length>", "a"], id="too long"),
        pytest.param(b"x" * 500 + b"\na\n", ["<length>", "a"], id="much too long"),
        pytest.param(b"a\nb", ["a", "<length>"], id="no line end"),
    ],
)
def test_lines_without_a_start(text: bytes, told: list[str]) -> None:
    lines = TextLines(line, longest=20)

    assert heard(lines.feed(text) + lines.close()) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(b"$a\r\n$b\n", ["a", "b"], id="lines"),
        pytest.param(b"x$a\ny\nz\n$b\n", ["<not_mine>", "a", "<not_mine>", "b"], id="what stands before"),
        pytest.param(b"$a$b\n", ["<length>", "b"], id="broken off"),
        pytest.param(b"$$$a\n", ["<length>", "<length>", "a"], id="broken off at once"),
        pytest.param(b"z" * 500 + b"$a\n", ["<not_mine>", "a"], id="long noise"),
        pytest.param(b"$" + b"z" * 21 + b"\n$a\n", ["<length>", "a"], id="too long"),
        pytest.param(b"$a\nrest", ["a", "<not_mine>"], id="noise at the end"),
        pytest.param(b"$a\n$", ["a", "<length>"], id="only a start"),
    ],
)
def test_lines_with_a_start(text: bytes, told: list[str]) -> None:
    lines = TextLines(line, longest=20, start=b"$")

    assert heard(lines.feed(text) + lines.close()) == told


def test_a_pause_ends_a_line_and_the_next_begins_anew() -> None:
    lines = TextLines(line, longest=20)
    lines.feed(b"half a li")

    assert heard(lines.close()) == ["<length>"]
    assert heard(lines.feed(b"a\n")) == ["a"]
    assert lines.close() == []


# --- frames: a head AB CD, a length, so many bytes ---

HEAD = b"\xab\xcd"


def look(data: bytes, at: int) -> Found | None:
    if stray := stray_before(data, at, HEAD):
        return stray
    if len(data) - at < 3:
        return Unclear() if data[at:] == b"\xab" else None
    size = 3 + data[at + 2]
    if data[at + 2] == 0:
        raise Refused("implausible", "")
    if data[at + 2] > 9:
        return Broken(Refusal("unsupported"), 3)
    return WholeFrame(size, [Status({"line": data[at + 3 : at + size].decode("latin-1")})]) if len(data) - at >= size else None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(HEAD + b"\x01a" + HEAD + b"\x02bc", ["a", "bc"], id="frames"),
        pytest.param(b"xyz" + HEAD + b"\x01ay" + HEAD + b"\x01b", ["<not_mine>", "a", "<not_mine>", "b"], id="noise"),
        pytest.param(HEAD + b"\x00xx" + HEAD + b"\x01a", ["<implausible>", "a"], id="what is skipped belongs to the refusal"),
        pytest.param(HEAD + b"\x0a" + HEAD + b"\x01a", ["<unsupported>", "a"], id="a frame that says how much is skipped"),
        pytest.param(HEAD + b"\x09" + HEAD + b"\x01a", ["<length>", "a"], id="a frame within one that is cut"),
        pytest.param(HEAD + b"\x09" + HEAD + b"\x05a", ["<length>"], id="a beginning within one that is cut is none"),
        pytest.param(HEAD + b"\x01a\xab", ["a", "<not_mine>"], id="too little to say that it is a beginning"),
        pytest.param(HEAD, ["<length>"], id="a head alone"),
    ],
)
def test_frames_are_found(data: bytes, told: list[str]) -> None:
    search = FrameSearch(look)

    assert heard(search.feed(data) + search.close()) == told


def test_a_head_that_comes_in_two_pieces_is_one() -> None:
    search = FrameSearch(look)

    assert heard(search.feed(b"x\xab")) == ["<not_mine>"]
    assert heard(search.feed(b"\xcd\x01a")) == ["a"]


def test_stray_bytes_are_counted_up_to_what_may_begin_a_head() -> None:
    assert stray_before(b"xy\xab\xcd", 0, HEAD) == Stray(2)
    assert stray_before(b"xy\xab", 0, HEAD) == Stray(2)
    assert stray_before(b"xyz", 1, HEAD) == Stray(2)
    assert stray_before(b"xy\xab\xcd", 2, HEAD) is None


# --- frames of which the first byte alone has bit 7 set ---


def three(frame: bytes) -> list[Item]:
    return [Status({"line": frame.hex()})]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param("810101", ["810101"], id="one alone"),
        pytest.param("0101 810101 820202", ["<not_mine>", "810101", "820202"], id="begun in the midst of a frame"),
        pytest.param("010101 810101", ["<not_mine>"], id="more noise than the rest of a frame"),
        pytest.param("010101 810101 820202 830303 840404", ["<not_mine>", "830303", "840404"], id="believed again after three"),
        pytest.param("810101 8202 830303", ["810101", "<length>", "830303"], id="one byte lost"),
        pytest.param("8202 830303", ["<length>"], id="one byte lost, and nothing good before it"),
        pytest.param("810101 82 830303", ["<length>"], id="two bytes lost: the frame before does not count either"),
        pytest.param("810101 82020202 830303", ["<length>"], id="a byte too many"),
    ],
)
def test_a_frame_is_believed_in_a_stream_that_makes_sense(data: str, told: list[str]) -> None:
    frames = BitFrames(3, three, believed_after=3)

    assert heard(frames.feed(bytes.fromhex(data)) + frames.close()) == told


def test_a_doubt_outlasts_a_pause_and_frames_in_a_row_go_on_counting() -> None:
    frames = BitFrames(3, three, believed_after=3)
    frames.feed(bytes.fromhex("010101"))
    frames.close()

    told = [heard(frames.feed(bytes((0x81, number, 0))) + frames.close()) for number in range(4)]

    assert told == [[], [], ["810200"], ["810300"]]


# --- what else they share ---


def test_a_state_is_told_when_it_changes() -> None:
    states = StateChanges()

    told = [states.told(state) for state in ({"out": False}, {"out": True}, {"out": True}, {"out": False})]

    assert told == [[], [Status({"out": True})], [], [Status({"out": False})]]


def test_a_clock_that_was_never_set_tells_no_time() -> None:
    assert device_time(2026, 11, 23, 8, 15) == "2026-11-23T08:15:00"
    assert [device_time(2026, 2, 30, 0, 0), device_time(2000, 0, 0, 0, 0), device_time(0, 1, 1, 0, 0)] == 3 * [None]


def test_the_subject_number_of_a_booth_is_nowhere_in_what_it_tells() -> None:
    secret = b"330127194912310017"
    driver = next(driver for driver in SERIAL if driver.name == "omron-hbp9030")
    for told in (b",0,128,082,071,0", b",5,   ,   ,   ,0", b",0,082,128,071,0", b",0,1Z8,082,071,0", b",0,128"):
        decoder = driver.decoder()

        items = decoder.feed(b"2026,11,23,08,15,  " + secret + told + b"\r\n") + decoder.close()

        assert items != []
        assert secret.decode() not in repr(items)
        assert all(not isinstance(item, Measurement) or item.user_id is None for item in items)

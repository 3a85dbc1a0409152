"""A serial port on a pseudo-terminal: whole frames out of any pieces, back after it vanished, nothing lost, nothing wasted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
import serial
from structlog.testing import capture_logs

from drivers.driver import Outcome, Refusal, SerialDriver
from drivers.serial_line import serial_hub
from fake_devices import serial_hub_frames as frames
from fake_devices.pseudo_terminal import PseudoTerminal
from gateway.driver_bugs import DriverFaults
from gateway.sources import serial_port
from gateway.sources.byte_line import FLOW_READS, READ_BYTES, REST_S
from gateway.sources.ports import Parity
from gateway.sources.serial_port import ANSWER_S, SerialPort
from gateway.sources.unfinished import UnfinishedFrames
from tests.gateway.sources.line_driver import DEAF, LINES, Lines, heart_rates
from tests.gateway.sources.recorder import Recorder, eventually, is_open, running
from tests.gateway.standing import Stands
from tests.loop_turns import IDLE, turns_within

BAND = "C0:FF:EE:00:00:01"


class Stick:
    """A USB stick with a text device behind it: a path, what the gateway wrote to it, and verbs."""

    def __init__(self, path: Path) -> None:
        self.heard = b""
        self.line = PseudoTerminal(path, self._hear)
        self.line.plug_in()

    def _hear(self, data: bytes) -> None:
        self.heard += data

    def says(self, text: bytes) -> None:
        self.line.write(text)

    def close(self) -> None:
        if self.line.plugged_in:
            self.line.pull_out()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usb-hub"


@pytest.fixture
async def stick(path: Path) -> AsyncIterator[Stick]:
    stick = Stick(path)
    yield stick
    stick.close()


def port_at(
    path: Path,
    recorder: Recorder,
    driver: SerialDriver = LINES,
    faults: DriverFaults | None = None,
    unfinished: UnfinishedFrames | None = None,
    answer_s: float = 0.2,
) -> SerialPort:
    return SerialPort(
        "hub",
        str(path),
        driver,
        115_200,
        recorder,
        faults or DriverFaults(),
        longest_pause_s=0.02,
        answer_s=answer_s,
        unfinished=unfinished,
    )


def link(path: Path, target: str | Path | None) -> None:
    """As udev does: the link leads to this device now; None: it is gone."""
    path.unlink(missing_ok=True)
    if target is not None:
        path.symlink_to(target)


# --- frames in any pieces ---


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"hr 60\nhr 61\nhr 62\n"], id="glued"),
        pytest.param([b"hr 6", b"0\nhr 61\nh", b"r 62\n"], id="partial"),
        pytest.param([bytes([byte]) for byte in b"hr 60\nhr 61\nhr 62\n"], id="one byte at a time"),
    ],
)
async def test_frames_come_out_whole_and_in_order_in_whatever_pieces_they_come(
    pieces: list[bytes], stick: Stick, path: Path, recorder: Recorder
) -> None:
    port = port_at(path, recorder)

    async with running(port.run()):
        await is_open(port)
        for piece in pieces:
            stick.says(piece)
            await asyncio.sleep(0)
        await recorder.until(lambda: len(recorder.items) == 3)

    assert heart_rates(recorder.items) == [60, 61, 62]


async def test_a_flow_of_frames_that_pauses_is_no_lost_port(stick: Stick, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)

    with capture_logs() as logs:
        async with running(port.run()):
            await is_open(port)
            for number in range(FLOW_READS + 3):  # one soon after the other: the line rests between them
                stick.says(b"hr %d\n" % (60 + number))
                await recorder.until(partial(_has, recorder, number + 1))
            await asyncio.sleep(3 * REST_S)  # the pause, which only time can make
            stick.says(b"hr 90\n")
            await recorder.until(lambda: len(recorder.items) == FLOW_READS + 4)

    assert heart_rates(recorder.items) == [*range(60, 60 + FLOW_READS + 3), 90]
    assert [line["event"] for line in logs] == ["port open"]


def _has(recorder: Recorder, count: int) -> bool:
    return len(recorder.items) == count


async def test_a_device_that_floods_loses_nothing_while_the_disk_is_slow(stick: Stick, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)
    recorder.open.clear()

    async with running(port.run()):
        await is_open(port)
        for rate in range(5_000):
            stick.says(b"hr %d\n" % rate)
        turns = await turns_within(0.3)
        with pytest.raises(TimeoutError):  # the device has to wait: it is not our memory that grows
            await asyncio.wait_for(stick.line.sent(), 0)
        recorder.open.set()
        await recorder.until(lambda: len(recorder.items) == 5_000)

    assert heart_rates(recorder.items) == list(range(5_000))
    assert turns < IDLE, "waiting for the disk is no work"


@pytest.mark.parametrize(
    "noise", [b"\xff", b"\x00", b"\x05\x00\x11\x22", bytes(range(1, 256)) * 3], ids=lambda one: one[:4].hex()
)
@pytest.mark.fault("ports and radio", "noise at any place of a stream", promise="it costs no later frame")
async def test_noise_at_any_place_of_a_hubs_stream_costs_no_later_frame(
    noise: bytes, stick: Stick, path: Path, recorder: Recorder
) -> None:
    faults = DriverFaults()
    port = port_at(path, recorder, serial_hub.DRIVER, faults)
    told = frames.record(BAND, 1, {"heart_rate": 61, "sos": True})

    async with running(port.run()):
        await is_open(port)
        for at in range(len(told) + 1):
            stick.says(told[:at] + noise + told[at:] + b"\0" + frames.record(BAND, 2, {"heart_rate": 100 + at}))
        await recorder.until(lambda: 100 + len(told) in heart_rates(recorder.items))

    rates = [rate for rate in heart_rates(recorder.items) if isinstance(rate, int) and rate >= 100]
    assert rates == [100 + at for at in range(len(told) + 1)]
    assert not faults.counts


async def test_a_port_may_be_opened_in_another_way(recorder: Recorder) -> None:
    near, far = socket.socketpair()
    asked: list[tuple[str, int, str]] = []

    @contextlib.contextmanager
    def socket_for_a_port(path: str, baud: int, parity: Parity) -> Iterator[int]:
        asked.append((path, baud, parity))
        near.setblocking(False)
        yield near.fileno()

    port = SerialPort("hub", "a wire", LINES, 9600, recorder, DriverFaults(), parity="even", open_port=socket_for_a_port)

    with near, far:
        async with running(port.run()):
            await is_open(port)
            far.send(b"hr 60\n")
            await recorder.until(lambda: recorder.items)

    assert heart_rates(recorder.items) == [60]
    assert asked == [("a wire", 9600, "even")]


# --- a port that vanishes ---


FRAMES = b"hr 60\nhr 61\n"


@pytest.mark.parametrize("offset", range(len(FRAMES) + 1))
@pytest.mark.fault(
    "ports and radio", "a port that vanishes at any byte of a frame", promise="it comes back, no later frame is lost"
)
async def test_a_port_that_vanishes_at_any_byte_comes_back(offset: int, stick: Stick, path: Path, recorder: Recorder) -> None:
    decoders: list[Lines] = []

    def decoder() -> Lines:
        decoders.append(Lines())
        return decoders[-1]

    port = port_at(path, recorder, msgspec.structs.replace(LINES, decoder=decoder))
    whole = FRAMES[:offset].count(b"\n")
    begun = 1 if FRAMES[:offset].rpartition(b"\n")[2] else 0

    async with running(port.run()):
        await is_open(port)
        stick.says(FRAMES[:offset])
        await eventually(lambda: decoders[-1].fed == offset)
        stick.line.pull_out()
        await eventually(lambda: port.state == "absent")
        stick.line.plug_in()
        await is_open(port)
        stick.says(b"hr 99\n")
        await recorder.until(lambda: 99 in heart_rates(recorder.items))

    assert heart_rates(recorder.items) == [*[60, 61][:whole], 99]
    assert [item.reason for item in recorder.items if isinstance(item, Refusal)] == ["length"] * begun


@pytest.mark.fault("ports and radio", "a port that comes back under another name", promise="taken")
async def test_a_port_that_comes_back_as_another_device_behind_the_same_link_is_taken(path: Path, recorder: Recorder) -> None:
    first, second = Stick(path.with_name("ttyUSB0")), Stick(path.with_name("ttyUSB1"))
    link(path, first.line.path)
    port = port_at(path, recorder)

    async with running(port.run()):
        await is_open(port)
        first.close()
        link(path, None)
        await eventually(lambda: port.state == "absent")
        link(path, second.line.path)
        await is_open(port)
        second.says(b"hr 60\n")
        await recorder.until(lambda: recorder.items)

    assert heart_rates(recorder.items) == [60]
    second.close()


@pytest.mark.fault("ports and radio", "a port that hangs up again and again", promise="it costs no processor")
async def test_a_port_that_hangs_up_again_and_again_costs_no_processor(path: Path, recorder: Recorder) -> None:
    """Once the far side is closed the descriptor is ready for ever; whoever goes on listening to it spins."""
    port = SerialPort("hub", str(path), LINES, 115_200, recorder, DriverFaults(), longest_pause_s=30)
    stick = Stick(path)

    async with running(port.run()):
        await is_open(port)
        stick.close()
        turns = await turns_within(0.5)

    assert port.state == "absent"
    assert turns < IDLE


async def test_a_port_that_hangs_up_while_the_disk_is_slow_costs_no_processor(
    stick: Stick, path: Path, recorder: Recorder
) -> None:
    port = port_at(path, recorder)
    recorder.open.clear()

    async with running(port.run()):
        await is_open(port)
        stick.says(b"hr 60\n")
        await eventually(lambda: recorder.handed_over)
        stick.close()
        turns = await turns_within(0.5)
        recorder.open.set()
        await eventually(lambda: port.state == "absent")

    assert heart_rates(recorder.items) == [60]
    assert turns < IDLE


@pytest.mark.fault("process", "it ends while a slow disk leaves a line waiting", promise="all that waits in it is taken")
async def test_a_port_that_is_closed_while_the_disk_is_slow_loses_no_frame(
    stick: Stick, path: Path, recorder: Recorder
) -> None:
    recorder.open.clear()
    port, rates = port_at(path, recorder), range(61, 3 * READ_BYTES // len(b"hr 61\n"))

    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(port.run())
        await is_open(port)
        stick.says(b"hr 60\n")
        await eventually(lambda: recorder.handed_over == 1)
        for rate in rates:
            stick.says(b"hr %d\n" % (60 + rate % 30))  # more than one read takes
        await eventually(lambda: stick.line.unread() >= READ_BYTES - 1)

        assert recorder.handed_over == 1, "nothing is read ahead"
        listening.cancel()

    assert heart_rates(recorder.items) == [60, *(60 + rate % 30 for rate in rates)]


async def test_a_frame_that_a_port_is_closed_in_the_midst_of_is_whole_for_who_opens_it_next(
    stick: Stick, path: Path, recorder: Recorder
) -> None:
    unfinished = UnfinishedFrames()
    async with running(port_at(path, recorder, unfinished=unfinished).run()):
        stick.says(b"hr 60\nhr 6")
        await recorder.until(lambda: heart_rates(recorder.items) == [60])

    async with running(port_at(path, recorder, unfinished=unfinished).run()):
        stick.says(b"1\nhr 62\n")
        await recorder.until(lambda: heart_rates(recorder.items)[-1:] == [62])

    assert heart_rates(recorder.items) == [60, 61, 62]


async def test_what_was_begun_and_not_finished_before_a_port_was_closed_spoils_nothing_that_comes_later(
    stick: Stick, path: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_port, "PAUSE_S", 0.1)
    unfinished = UnfinishedFrames()
    async with running(port_at(path, recorder, unfinished=unfinished).run()):
        stick.says(b"hr 60\nhr 6")
        await recorder.until(lambda: heart_rates(recorder.items) == [60])

    async with running(port_at(path, recorder, unfinished=unfinished).run()):
        await recorder.until(lambda: len(recorder.items) == 2)  # told as cut off
        stick.says(b"hr 61\n")
        await recorder.until(lambda: heart_rates(recorder.items)[-1:] == [61])

    assert heart_rates(recorder.items) == [60, 61]


async def test_a_silent_port_costs_no_processor(stick: Stick, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)

    async with running(port.run()):
        await is_open(port)
        turns = await turns_within(0.5)

    assert turns < IDLE


# --- a port that cannot be had ---


@pytest.mark.fault("ports and radio", "a port that another program holds", promise="told, and taken when it is free")
async def test_a_port_that_another_program_holds_is_in_use_and_taken_when_it_is_free(
    stick: Stick, path: Path, recorder: Recorder
) -> None:
    port = port_at(path, recorder)

    with serial.Serial(str(path), exclusive=True):
        async with running(port.run()):
            await eventually(lambda: port.state == "in use")
    async with running(port.run()):
        await is_open(port)
        with pytest.raises(serial.SerialException, match="exclusively lock"):
            serial.Serial(str(path), exclusive=True)


async def test_a_port_that_we_may_not_open_says_so(stick: Stick, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)

    with nobody(path):
        async with running(port.run()):
            await eventually(lambda: port.state == "no permission")


@contextlib.contextmanager
def nobody(path: Path) -> Iterator[None]:
    """Inside it the port is closed to everybody, and this process is nobody (root may do whatever it wants)."""
    user = os.geteuid()
    os.chmod(path, 0)  # noqa: PTH101 (the device behind the link)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.parametrize(("target", "word"), [(None, "absent"), (__file__, "failed")], ids=["nothing", "an ordinary file"])
async def test_what_is_no_port_is_tried_again_until_it_is_one(
    target: str | None, word: str, path: Path, recorder: Recorder
) -> None:
    port = port_at(path, recorder)
    link(path, target)

    async with running(port.run()):
        await eventually(lambda: port.state == word)
        stick = Stick(path)
        await is_open(port)

    stick.close()


# --- a bug in a driver ---


@pytest.mark.fault("plug-ins", "a driver that fails on one frame of a port", promise="no other frame is lost")
async def test_a_driver_that_fails_on_one_frame_costs_no_other_frame(stick: Stick, path: Path, recorder: Recorder) -> None:
    faults = DriverFaults()
    port = port_at(path, recorder, LINES, faults)

    async with running(port.run()):
        await is_open(port)
        stick.says(b"hr 60\nbug\nhr 61\n")
        await recorder.until(lambda: len(recorder.items) == 2)
        stick.says(b"hr 62\n")
        await recorder.until(lambda: len(recorder.items) == 3)

    assert heart_rates(recorder.items) == [60, 61, 62]
    assert faults.counts == {"hub": 2}, "once with its neighbours, once alone"


# --- signals ---


async def test_a_signal_is_written_to_the_hub_and_its_answer_told(stick: Stick, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)

    async with running(port.run()), asyncio.TaskGroup() as tasks:
        await is_open(port)
        received = tasks.create_task(port.signal(BAND, "received"))
        help_comes = tasks.create_task(port.signal(BAND, "help_on_the_way"))
        await eventually(lambda: stick.heard.count(b"\n") == 2)
        first, second = stick.heard.decode().splitlines()
        stick.says(f"busy {second.split()[2]}\ndone {first.split()[2]}\n".encode())

    assert first.startswith(f"received {BAND} ")
    assert second.startswith(f"help_on_the_way {BAND} ")
    assert (received.result(), help_comes.result()) == (Outcome("done"), Outcome("busy"))


async def test_a_hub_that_does_not_answer_in_time_is_told(stick: Stick, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder)

    async with running(port.run()):
        await is_open(port)
        assert await port.signal(BAND, "received") == Outcome("unreachable", "the hub does not answer")


@pytest.mark.fault("process", "it stands while a hub answers", promise="the answer counts, however late we look")
async def test_an_answer_of_the_hub_that_came_while_we_stood_still_counts(
    stick: Stick, path: Path, recorder: Recorder, stands: Stands
) -> None:
    port = port_at(path, recorder, answer_s=ANSWER_S)

    async with running(port.run()), asyncio.TaskGroup() as tasks:
        await is_open(port)
        shown = tasks.create_task(port.signal(BAND, "received"))
        await eventually(lambda: stick.heard.count(b"\n") == 1)
        stick.says(f"done {stick.heard.decode().split()[2]}\n".encode())
        stick.line.unread()  # by then the kernel has handed it over
        stands(60)

    assert shown.result() == Outcome("done")


async def test_a_signal_to_a_port_that_is_away_does_not_reach_the_band(path: Path, recorder: Recorder) -> None:
    assert await port_at(path, recorder).signal(BAND, "received") == Outcome("unreachable", "the port is starting")


async def test_a_driver_without_signals_cannot(stick: Stick, path: Path, recorder: Recorder) -> None:
    port = port_at(path, recorder, DEAF)

    async with running(port.run()):
        await is_open(port)
        assert (await port.signal(BAND, "received")).result == "unsupported"


@pytest.mark.fault("ports and radio", "a hub that takes nothing of what is written to it", promise="busy, and still heard")
async def test_a_hub_that_takes_nothing_is_busy_and_still_heard(path: Path, recorder: Recorder) -> None:
    """The far side reads nothing: the kernel's buffer fills, then ours; later all that was accepted comes, in order."""
    far, near = os.openpty()
    os.set_blocking(far, False)
    link(path, os.ttyname(near))
    port = port_at(path, recorder)

    async with running(port.run()):
        await is_open(port)
        outcomes = await asyncio.gather(*(port.signal(BAND, "received") for _ in range(1_000)))
        answers = [outcome.result for outcome in outcomes]
        os.write(far, b"hr 60\n")
        await recorder.until(lambda: recorder.items)
        heard = b""
        while heard.count(b"\n") < answers.count("unreachable"):
            with contextlib.suppress(BlockingIOError):
                heard += os.read(far, 4096)
            await asyncio.sleep(0)

    assert set(answers) == {"unreachable", "busy"}
    numbers = [int(line.split()[2]) for line in heard.splitlines()]
    assert [(number - numbers[0]) % 0x10000 for number in numbers] == list(range(answers.count("unreachable")))
    os.close(far)
    os.close(near)

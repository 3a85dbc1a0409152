"""The fake modem answers as real ones do, and runs as a program of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import tty
from pathlib import Path

import pytest

from fake_devices.modem import FakeModem, whole_messages
from fake_devices.modem_brain import ModemBrain, SentPart
from fake_devices.modem_habits import ModemHabits
from fake_devices.sms_network import read_submit

PDU = "0031000D91683108108300F000080B0E5F204E0963094E0B6C426551952E"  # 张三按下求救键


def brain(**habits: object) -> ModemBrain:
    return ModemBrain(ModemHabits(**habits), lambda now_s: 1_795_000_000_000 + round(now_s * 1000))  # type: ignore[arg-type]


def says(modem: ModemBrain, written: bytes, within_s: float = 3) -> bytes:
    """What it answers to this."""
    now_s = modem._mouth.now_s
    modem.hear(now_s, written)
    said = b""
    while modem.next_s is not None and modem.next_s <= now_s + within_s:
        said += modem.due(modem.next_s)
    return said


def test_it_echoes_until_it_is_told_not_to() -> None:
    modem = brain()

    assert says(modem, b"AT\r") == b"AT\r\r\nOK\r\n"
    assert says(modem, b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert says(modem, b"AT\r") == b"\r\nOK\r\n"


def test_it_takes_a_message_and_reports_it() -> None:
    modem = brain()
    says(modem, b"ATE0\rAT+CMGF=0\rAT+CNMI=2,1,0,1,0\r")

    assert says(modem, b"AT+CMGS=29\r") == b"\r\n> "
    said = says(modem, PDU.encode() + b"\x1a", within_s=10)

    assert said.startswith(b"\r\n+CMGS: 0\r\n\r\nOK\r\n\r\n+CDS: ")
    assert [(part.number, part.text) for part in modem.parts] == [("+8613800138000", "张三按下求救键")]


@pytest.mark.parametrize(
    "written",
    [b"AT+CMGS=28\r" + PDU.encode() + b"\x1a", b"AT+CMGS=29\r" + PDU[:-1].encode() + b"\x1a", b"AT+CMGS=0\rAT\r\x1a"],
)
def test_a_pdu_that_is_not_as_long_as_it_was_said_to_be_is_refused(written: bytes) -> None:
    modem = brain()
    says(modem, b"ATE0\rAT+CMGF=0\r")

    assert b"+CMS ERROR: 304" in says(modem, written)
    assert modem.parts == []


def test_what_is_typed_before_escape_in_edit_mode_is_no_command() -> None:
    modem = brain()
    modem.leave_in_edit_mode()

    assert says(modem, b"AT\r") == b"AT\r"
    assert says(modem, b"\x1b\r") != b""
    assert b"OK" in says(modem, b"AT\r")


def test_a_modem_that_hangs_is_brought_back_by_a_reset_alone() -> None:
    modem = brain()
    modem.hang()

    assert says(modem, b"AT\r") == b""
    assert b"SMS Ready" in says(modem, b"AT+CFUN=1,1\r", within_s=10)
    assert b"OK" in says(modem, b"AT\r")


def test_three_wrong_pins_lock_it() -> None:
    modem = brain(pin="1234")
    for _ in range(3):
        says(modem, b'AT+CPIN="0000"\r')

    assert b"SIM PUK" in says(modem, b"AT+CPIN?\r")
    assert b"ERROR" in says(modem, b'AT+CPIN="1234"\r')


def test_parts_of_one_message_are_one_message_whatever_comes_between() -> None:
    def part(number: str, text: str, at: int, header: tuple[int, int, int] | None) -> SentPart:
        return SentPart(at, number, text, at, None, header)

    parts = [
        part("1", "b", 0, (7, 2, 2)),
        part("2", "alone", 1, None),
        part("1", "b", 2, (7, 2, 2)),  # again, as nobody knew whether it went out
        part("1", "a", 3, (7, 2, 1)),
    ]

    assert [(sms.number, sms.text) for sms in whole_messages(parts)] == [("2", "alone"), ("1", "ab")]


@pytest.mark.parametrize("pdu", ["", "00", "0031", PDU[:-2], PDU + "00", "0004"])
def test_the_network_refuses_what_is_no_submit(pdu: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_submit(pdu)


async def test_a_port_that_was_pulled_out_comes_back_under_another_name(tmp_path: Path) -> None:
    async with FakeModem(tmp_path / "one") as modem:
        modem.vanishes()
        modem.comes_back(tmp_path / "two")
        await asyncio.sleep(0)

        assert not (tmp_path / "one").exists()
        assert (tmp_path / "two").exists()


def test_it_runs_as_a_program_that_says_what_left_it(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "fake_devices.modem", "--port", str(tmp_path / "modem")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    try:
        assert program.stdout.readline().strip() == str(tmp_path / "modem")
        port = os.open(tmp_path / "modem", os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        program.stdin.write("+8613800138000 1 A41\n")
        program.stdin.flush()
        heard = until(port, b"+CMTI")
        os.write(port, b"ATE0\rAT+CMGF=0\rAT+CMGS=29\r")
        heard += until(port, b"> ")
        os.write(port, PDU.encode() + b"\x1a")

        assert program.stdout.readline().strip() == "-> +8613800138000 张三按下求救键"
        os.close(port)
        program.stdin.close()
        assert program.wait(10) == 0
    finally:
        program.kill()
        program.stdout.close()
        program.wait()


def until(port: int, wanted: bytes) -> bytes:
    heard, limit_s = b"", time.monotonic() + 10
    while wanted not in heard:
        assert time.monotonic() < limit_s, heard
        heard += os.read(port, 4096)
    return heard

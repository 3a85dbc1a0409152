"""The reader of a modem's lines: each byte is an echo, news, an answer, an end, the prompt, or kept as text."""

from __future__ import annotations

import pytest

from gateway.channels.sms.lines import LONGEST_LINE, LineReader
from gateway.channels.sms.unsolicited import News, news_of


def heard(reader: LineReader, data: bytes) -> list[tuple[str, str]]:
    return [(line.kind, line.pdu or line.text) for line in reader.feed(data)]


def test_an_answer_and_its_end() -> None:
    reader = LineReader()
    reader.sent("AT+CSQ")

    assert heard(reader, b"AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n") == [("answer", "+CSQ: 21,99"), ("final", "OK")]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_any_end_of_a_line_is_one(end: bytes) -> None:
    reader = LineReader()
    reader.sent("AT")

    assert heard(reader, b"OK" + end) == [("final", "OK")]


def test_an_echo_that_is_cut_in_the_middle_goes_on_behind_the_news() -> None:
    reader = LineReader()
    reader.sent("AT+CMGS=31", prompt=True)

    assert heard(reader, b"AT+CM\r\n+CREG: 1\r\nGS=31\r\r\n> ") == [("news", "+CREG: 1"), ("prompt", "")]


def test_the_echo_of_a_pdu_behind_the_prompt_is_dropped() -> None:
    reader = LineReader()
    reader.sent("AT+CMGS=3", prompt=True)
    assert heard(reader, b"\r\n> ") == [("prompt", "")]
    reader.sent_pdu("0011AA")

    assert heard(reader, b"0011AA\x1a\r\n+CMGS: 7\r\n\r\nOK\r\n") == [("answer", "+CMGS: 7"), ("final", "OK")]


@pytest.mark.parametrize("prompt", [b"\r\n> ", b"\r\n>", b"\n> "])
def test_a_prompt_has_no_end_and_maybe_no_space(prompt: bytes) -> None:
    reader = LineReader()
    reader.sent("AT+CMGS=31", prompt=True)

    assert heard(reader, prompt) == [("prompt", "")]


def test_a_prompt_is_one_only_while_a_message_waits() -> None:
    reader = LineReader()
    reader.sent("AT")

    assert heard(reader, b"\r\n> ") == []


def test_what_stands_before_a_sign_is_no_prompt() -> None:
    reader = LineReader()
    reader.sent("AT+CMGS=31", prompt=True)

    assert heard(reader, b"\r\nx> ") == []


def test_a_report_is_two_lines_and_its_pdu_comes_with_it() -> None:
    reader = LineReader()

    assert heard(reader, b"\r\n+CDS: 26\r\n") == []
    assert heard(reader, b"0891AABB\r\n") == [("news", "0891AABB")]


def test_news_between_the_two_lines_of_a_report_do_no_harm() -> None:
    reader = LineReader()

    assert heard(reader, b"\r\n+CDS: 26\r\n\r\n^RSSI: 17\r\n0891AABB\r\n") == [("news", "^RSSI: 17"), ("news", "0891AABB")]


@pytest.mark.parametrize(
    ("line", "in_flight", "news"),
    [
        ("+CREG: 0,1", "+CREG:", None),
        ('+CREG: 2,1,"1A2B","01C3"', "+CREG:", None),
        ("+CREG: 1", "+CREG:", "nothing"),
        ('+CREG: 1,"1A2B","01C3"', "+CREG:", "nothing"),
        ("+CREG: 0,1", "", "nothing"),
        ("+CPIN: READY", "+CPIN:", None),
        ("+CPIN: READY", "", "sim_ready"),
        ("+CPIN: NOT INSERTED", "", "sim_gone"),
        ("+QIND: SMS DONE", "", "messages_work"),
        ("SMS Ready", "", "messages_work"),
        ("UNDER-VOLTAGE WARNNING", "", "nothing"),
        ("UNDER-VOLTAGE POWER DOWN", "", "power_down"),
        ('^SMMEMFULL: "ME"', "", "store_full"),
        ("RDY", "", "boot"),
        ("hello", "", None),
    ],
)
def test_what_is_said_unasked_is_known_from_what_is_an_answer(line: str, in_flight: str, news: News | None) -> None:
    assert news_of(line, in_flight) == news


def test_a_line_without_an_end_fills_nothing_and_the_next_one_counts() -> None:
    reader = LineReader()
    reader.sent("AT")

    for _ in range(100):
        assert heard(reader, b"x" * LONGEST_LINE) == []
    assert heard(reader, b"\r\nOK\r\n") == [("final", "OK")]
    assert reader.strange == 1


def test_what_nobody_asked_for_is_counted() -> None:
    reader = LineReader()

    assert heard(reader, b"hello\r\n") == [("text", "hello")]
    assert reader.strange == 1

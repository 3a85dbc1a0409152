"""What the system says of an error is said in the reader's language, wherever it is passed on."""

from __future__ import annotations

import errno
import os
import re
import socket
from pathlib import Path

import pytest

from gateway.language import Language
from gateway.mistake import Mistake
from gateway.settings.csv_table import BadTable, rows
from gateway.system_errors import CHINESE, told
from gateway.whys import meaning
from gateway.words.link_errors import why
from gateway.words.mistakes import text

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    "number", [errno.ENOENT, errno.EACCES, errno.EIO, errno.ENOSPC, errno.EROFS, errno.ECONNRESET, errno.EHOSTUNREACH]
)
def test_what_a_technician_meets_is_told_in_chinese_and_left_alone_in_english(number: int) -> None:
    said = os.strerror(number)

    assert HAN.search(told(said, "zh-CN"))
    assert told(said, "en") == said


def test_two_errors_are_not_told_as_one_word_of_the_system() -> None:
    assert all(HAN.search(words) and not HAN.search(said) for said, words in CHINESE.items())


def test_what_nobody_knows_is_passed_on() -> None:
    assert told("Something new", "zh-CN") == "Something new"


def test_a_name_that_no_server_knows_is_told_in_chinese() -> None:
    with pytest.raises(socket.gaierror) as failed:
        socket.getaddrinfo("nobody.invalid", 1, flags=socket.AI_NUMERICHOST)

    assert HAN.search(why("a:1", "no_address", detail=failed.value.strerror).chinese.partition("地址：")[2])


@pytest.mark.parametrize(
    ("detail", "chinese"),
    [
        ("Connection reset by peer", "连接被对方重置"),
        ("Not authorized", "无权连接"),
        ("No such file or directory", "没有这个文件"),
    ],
)
def test_why_the_broker_is_not_reached_holds_no_bare_english(detail: str, chinese: str) -> None:
    assert chinese in why("a.example:8883", "system", detail=detail).chinese
    assert why("a.example:8883", "system", detail=detail).english == f"a.example:8883: {detail}"


def test_an_unreadable_file_of_the_configuration_says_why_in_chinese() -> None:
    mistake = Mistake("gateway.toml", 3, "mqtt.ca_file", "file_unreadable", {"path": "ca.pem", "why": "Is a directory"})

    assert text(mistake, "zh-CN") == "无法读取 ca.pem：是目录，不是文件"
    assert text(mistake, "en") == "ca.pem cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("table", "english", "chinese"),
    [
        ('address,driver\n"C0,x\n', "a quotation mark is not closed", "引号没有成对"),
        ('address,driver\n"C0"x,y\n', "a comma must follow", "逗号"),
        ('address;driver\n"C0"x;y\n', "a semicolon must follow", "分号"),
        ('address\tdriver\n"C0"x\ty\n', "a tab must follow", "制表符"),
        (f"address,driver\n{'x' * 140_000},y\n", "longer than 131072", "超过 131072"),
    ],
)
def test_what_is_no_csv_is_told_in_words_of_ours(table: str, english: str, chinese: str) -> None:
    with pytest.raises(BadTable) as bad:
        list(rows(table.encode()))

    mistake = Mistake("bands.csv", bad.value.line, "roster", bad.value.code, bad.value.facts)
    assert english in text(mistake, "en")
    assert chinese in text(mistake, "zh-CN")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_recording_that_ends_and_a_way_that_is_gone_are_explained(language: Language) -> None:
    assert meaning("No space left on device", language) == ("磁盘已满" if language == "zh-CN" else "No space left on device")


def test_every_fixed_why_of_an_outcome_or_a_lost_source_has_its_meaning() -> None:
    calls = r'(?:SourceLost\(|Outcome\("[a-z]+", )"([^"]+)"\)'
    named = {why for file in Path("gateway").rglob("*.py") for why in re.findall(calls, file.read_text(encoding="utf-8"))}

    assert len(named) > 15
    assert {why for why in named if not HAN.search(meaning(why, "zh-CN"))} == set()


def test_no_verb_passes_on_what_the_system_says_without_telling_it_in_the_readers_language() -> None:
    verbs = {str(file): file.read_text(encoding="utf-8") for file in sorted(Path("gateway/cli").rglob("*.py"))}

    assert sum("told_of(error, " in text for text in verbs.values()) > 5
    assert [file for file, text in verbs.items() if ".strerror" in text] == []

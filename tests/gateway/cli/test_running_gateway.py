"""What the running gateway answers in the fixed words of its socket is told to people in their language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.cli.running_gateway import Declined, why_no_answer
from gateway.control import protocol
from gateway.words.status import SOCKET

HAN = re.compile("[\u4e00-\u9fff]")


def test_every_fixed_word_of_the_socket_has_its_meaning() -> None:
    listening = Path("gateway/control/listening.py").read_text(encoding="utf-8")
    fixed = {*re.findall(r'"error": "([^"]+)"\}', listening), protocol.FAILED, protocol.OTHER_GATEWAY}

    assert {word for word in fixed if not HAN.search(why_no_answer(Declined(word), "zh-CN"))} == set()


@pytest.mark.parametrize("why", [*SOCKET, f"{protocol.BAD_ARGUMENTS}Expected `int`", "corrupt", "No space left on device"])
def test_what_went_wrong_there_is_told_in_chinese(why: str) -> None:
    assert HAN.search(why_no_answer(Declined(why), "zh-CN"))
    assert not HAN.search(why_no_answer(Declined(why), "en"))


def test_what_is_wrong_with_the_configuration_is_passed_on_as_the_gateway_words_it() -> None:
    assert why_no_answer(Declined("mqtt.port: 不是数字"), "zh-CN") == "mqtt.port: 不是数字"

"""Wrong usage is told on one line, in the language of the configuration or of the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.usage import SAYINGS, Parser, in_words, language_of, wrong
from gateway.language import Language, spoken_here


def number(text: str) -> int:
    raise wrong("seconds_from", what=repr(text), least=20)


def parser(language: Language) -> Parser:
    made = Parser(language=language, prog="lifering check")
    made.add_argument("--config", required=True)
    made.add_argument("--colour", choices=("red", "green"))
    made.add_argument("--count", type=int)
    made.add_argument("--seconds", type=number)
    made.add_argument("--flag", action="store_true")
    either = made.add_mutually_exclusive_group()
    either.add_argument("--one", action="store_true")
    either.add_argument("--other", action="store_true")
    return made


CASES = [
    pytest.param("", "--config is missing", "缺少 --config", id="missing"),
    pytest.param("--config", "--config needs a value", "--config 后面要有值", id="no value"),
    pytest.param("--config a --size 3", "there is no --size 3 here", "没有 --size 3 这个选项", id="unknown"),
    pytest.param("--config a --flag=3", "there is no '3' here", "没有 '3' 这个选项", id="a flag with a value"),
    pytest.param("--config a --count x", "--count: 'x' is no number", "--count：'x' 不是数字", id="no number"),
    pytest.param(
        "--config a --colour b", "--colour: 'b' cannot be; there are ", "--colour：不能是 'b'；可以是 ", id="no choice"
    ),
    pytest.param("--config a --co b", "--co may be --config, --colour, --count", "--co 可能是 --config", id="ambiguous"),
    pytest.param("--config a --one --other", "--other and --one do not go together", "不能同时使用", id="not together"),
    pytest.param(
        "--config a --seconds 3", "--seconds: '3' is no number of seconds from 20 on", "不是从 20 起的秒数", id="ours"
    ),
]


@pytest.mark.parametrize(("line", "english", "chinese"), CASES)
def test_a_complaint_is_one_line_in_the_language_of_whoever_typed_it(
    line: str, english: str, chinese: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, words in (("en", english), ("zh-CN", chinese)):
        with pytest.raises(SystemExit) as ended:
            parser("zh-CN" if language == "zh-CN" else "en").parse_args(line.split())

        (told,) = capsys.readouterr().err.splitlines()
        assert ended.value.code == 2
        assert told.startswith("lifering check: ")
        assert words in told


def test_every_saying_of_argparse_that_we_know_is_tried_above() -> None:
    assert {code for _, code in SAYINGS} == {
        "missing", "no_value", "unknown", "no_number", "no_choice", "ambiguous", "not_together",
    }  # fmt: skip


def test_a_list_is_written_as_its_language_writes_lists() -> None:
    message = "the following arguments are required: ADDRESS, --driver"

    assert in_words(message, "en") == "ADDRESS, --driver is missing"
    assert in_words(message, "zh-CN") == "缺少 ADDRESS、--driver"


def test_a_saying_that_we_do_not_know_stays_as_it_is() -> None:
    assert in_words("something of a newer Python", "zh-CN") == "something of a newer Python"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh-CN"),
        ({}, "en"),
    ],
)
def test_without_a_configuration_the_terminal_says_which_language(environment: dict[str, str], language: str) -> None:
    assert spoken_here(environment) == language


@pytest.mark.parametrize(
    ("written", "language"),
    [
        pytest.param('[gateway]\nlanguage = "zh-CN"\n', "zh-CN", id="Chinese"),
        pytest.param("[gateway]\nlanguage = 'en'\n", "en", id="English"),
        pytest.param('[gateway]\nid = "a"\n', "en", id="the default"),
        pytest.param("[gateway\nlanguage = zh\n", "zh-CN", id="nonsense, on a Chinese terminal"),
        pytest.param(None, "zh-CN", id="no file, on a Chinese terminal"),
    ],
)
def test_the_configuration_that_is_named_says_which_language(
    written: str | None, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    file = tmp_path / "gateway.toml"
    if written is not None:
        file.write_text(written)

    assert language_of(["check", "--config", str(file)]) == language
    assert language_of(["check", f"--config={file}", "--json"]) == language

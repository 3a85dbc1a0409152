"""The frame of the command line: verbs, exit codes, what is told when it is used wrongly."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway import cli
from gateway.cli.columns import width
from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning
from gateway.cli.usage import Parser
from gateway.errors import ConfigError, LiferingError, SourceLost, StoreBroken, StoreNotOurs
from gateway.words.status import ASKING
from gateway.words.stored import in_use
from tests.gateway.cli.with_stores import CONFIG


def lifering(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_its_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main([verb, "--help"])

    assert done.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: lifering {verb} ")


CHINESE = re.compile("[\u4e00-\u9fff]")


def help_of(arguments: list[str], language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8" if language == "zh-CN" else "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        cli.main([*arguments, "--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", ["", *cli.VERBS])
def test_a_chinese_reader_is_told_all_of_the_help_in_chinese(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [verb] if verb else []
    english, chinese = (help_of(arguments, language, capsys, monkeypatch) for language in ("en", "zh-CN"))

    assert not CHINESE.search(english)
    assert chinese.startswith(f"用法：lifering {verb}".rstrip())
    assert "\n选项：\n" in chinese
    assert set(re.findall(r"(?<!\w)--[a-z-]+", english)) <= set(re.findall(r"(?<!\w)--[a-z-]+", chinese))
    assert [phrase for phrase in re.findall(r"[a-z]{2,}(?: [a-z]{2,}){2,}", chinese) if "[" not in phrase] == []


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_option_is_explained_in_chinese(verb: str) -> None:
    parser = Parser(language="zh-CN", prog=f"lifering {verb}")
    cli.load(verb).configure(parser)

    assert [action.dest for action in parser._actions if not CHINESE.search(action.help or "")] == []


@pytest.mark.parametrize("verb", ["", *cli.VERBS])
def test_the_chinese_help_fits_eighty_columns(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = help_of([verb] if verb else [], "zh-CN", capsys, monkeypatch)

    assert [line for line in shown.splitlines() if width(line) > 80] == []


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("chek", "lifering: there is no verb 'chek'. Did you mean check?\n"),
        ("\x1b[31m", f"lifering: there is no verb '\\x1b[31m'. There are: {', '.join(cli.VERBS)}.\n"),
    ],
)
def test_an_unknown_verb_is_answered_with_a_guess(verb: str, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb]) == 2

    assert capsys.readouterr().err == answer


def test_without_a_verb_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2

    told = capsys.readouterr().err
    assert all(verb in told for verb in cli.VERBS)


def test_wrong_usage_is_exit_code_2() -> None:
    done = lifering("check", "--colour", "red")

    assert done.returncode == 2
    assert done.stderr == "lifering: there is no --colour red here (`lifering --help` says what there is)\n"


def test_it_tells_its_version() -> None:
    done = lifering("--version")

    assert done.returncode == 0
    assert done.stdout.startswith("lifering 0.")


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        pytest.param(
            ConfigError(["a.toml:1: x: no", "a.toml:2: y: no"]), 2, "a.toml:1: x: no\na.toml:2: y: no\n", id="configuration"
        ),
        pytest.param(SourceLost("the adapter hci0 is away"), 1, "the adapter hci0 is away\n", id="a failure"),
        pytest.param(KeyboardInterrupt(), 130, "", id="interrupted"),
    ],
)
def test_what_a_verb_raises_becomes_an_exit_code_and_plain_words(
    raised: BaseException, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(args: argparse.Namespace) -> int:
        raise raised

    monkeypatch.setitem(sys.modules, "gateway.cli.check", SimpleNamespace(configure=lambda parser: None, run=run))

    assert cli.main(["check"]) == code

    assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("raised", "english", "chinese"),
    [
        pytest.param(
            StoreBroken("disk full"), "the store cannot be opened: the disk is full", "无法打开数据文件：磁盘已满", id="disk"
        ),
        pytest.param(SourceLost("absent"), "it is not there: look at the plug", "设备不在：检查插头", id="source"),
        pytest.param(NotRunning("it hung up"), ASKING["not running"].english, ASKING["not running"].chinese, id="not running"),
        pytest.param(MayNotAsk("no permission"), ASKING["may not ask"].english, ASKING["may not ask"].chinese, id="may not"),
        pytest.param(Declined("corrupt"), "the file is damaged", "文件已损坏", id="declined"),
        pytest.param(
            StoreNotOurs(in_use("/data")),
            "/data: in use by another lifering; stop that one first",
            "/data：另一个 lifering 正在使用；请先停止它",
            id="in use",
        ),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_went_wrong_is_told_in_the_language_of_the_configuration(
    raised: LiferingError,
    english: str,
    chinese: str,
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(args: argparse.Namespace) -> int:
        raise raised

    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--config")

    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG.format(language=language))
    monkeypatch.setitem(sys.modules, "gateway.cli.check", SimpleNamespace(configure=configure, run=run))

    cli.main(["check", "--config", str(config)])

    assert capsys.readouterr().err == (english if language == "en" else chinese) + "\n"


def test_a_reader_that_has_enough_is_no_error_message() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "drivers"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        told = process.stderr.read()

    assert told == ""
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("verb", "heavy"),
    [
        ("decode", {"pydantic", "asyncio", "bleak", "aiomqtt", "aiosqlite", "structlog", "gateway.settings.schema"}),
        ("drivers", {"pydantic", "asyncio", "bleak", "aiomqtt", "aiosqlite", "structlog", "gateway.settings.schema"}),
        ("check", {"bleak", "aiomqtt", "aiosqlite", "serial", "bumble", "rich"}),
        ("run", {"bumble", "amqtt", "fake_devices"}),
    ],
)
def test_a_verb_starts_lean(verb: str, heavy: set[str]) -> None:
    assert heavy & loaded_by(f"from gateway import cli; cli.load({verb!r})") == set()


def test_a_gateway_pays_for_no_modem_radio_or_page_that_it_does_not_have() -> None:
    theirs = {"gateway.channels.sms.modem", "gateway.channels.sms.pdu", "bleak", "aiohttp", "pydantic", "cryptography"}

    assert theirs & loaded_by("import gateway.daemon") == set()


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh process has then."""
    code += "; import sys; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())

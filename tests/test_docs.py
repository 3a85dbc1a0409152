"""What the pages say of the house is so: the words of the glossary, the commands and the mutants of the page on tests."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from msgspec import Struct, structs

from drivers.orders import OutcomeWord
from gateway import cli
from gateway.alert import Channel, Condition, DeliveryState, Priority, Workflow
from gateway.cli.usage import Parser
from gateway.clock import ClockState
from gateway.control.gateway_verbs import Enroll, SetLevel, Unenroll
from gateway.control.store_verbs import Erase, Export
from tests.gateway.words.test_both_languages import NEEDS_ROOT

ROOT = Path(__file__).parent.parent
GLOSSARY, _, NOT_USED = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").partition("## Words that are not used")
TESTING = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
HEAD = ["word", "中文", "meaning", "含义"]


def rows(page: str) -> list[list[str]]:
    """The cells of every line of a table; no lines that only rule it off."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|-: ")]


WORDS = [row for row in rows(GLOSSARY) if row != HEAD]


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row[0])
def test_a_word_stands_in_both_languages_with_its_meaning(row: list[str]) -> None:
    assert len(row) == len(HEAD)
    assert all(row)
    assert [bool(re.search("[\u4e00-\u9fff]", cell)) for cell in row] == [False, True, False, True]


def test_no_word_stands_twice() -> None:
    words = [word for row in WORDS for word in row[0].split(", ")]

    assert [word for word in words if words.count(word) > 1] == []


# --- one word a thing -----------------------------------------------------------------------------------------------------

CHINESE_TEXTS = [
    *ROOT.glob("*.zh-CN.md"),
    *(
        path
        for folder in ("gateway", "drivers", "fake_devices", "config", "debian", "systemd", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".toml", ".csv", ".html", ".js", ".service", ".templates", ".sh", ".json"}
        and path.name != "glossary.md"
    ),
]
ELSEWHERE = ("无人值守", "USB 集线器", "调制解调器")  # other things than those that the words were used for


def replaced() -> dict[str, list[str]]:
    """Each word that is not used any more, and those that stand for it."""
    return {old: new.split("、") for olds, new in rows(NOT_USED)[1:] for old in olds.split("、")}


def other_words(text: str) -> set[str]:
    """The words of a text that were replaced."""
    right = {word for words in replaced().values() for word in words}
    bare = re.sub("|".join(map(re.escape, sorted({*right, *ELSEWHERE}, key=len, reverse=True))), "", text)
    return {word for word in replaced() if word in bare}


def test_the_words_that_are_not_used_are_listed() -> None:
    assert {"告警", "警报", "震动", "消息服务器", "集线器", "适配器", "限值"} <= replaced().keys()
    assert other_words("按下按键，发出告警；USB 集线器、蓝牙适配器、无人值守") == {"告警"}
    assert other_words("检查适配器和串口集线器") == {"适配器", "集线器"}


def test_no_chinese_text_has_another_word_for_one_thing() -> None:
    assert len(CHINESE_TEXTS) > 200
    found = {str(path.relative_to(ROOT)): other_words(path.read_text(encoding="utf-8")) for path in CHINESE_TEXTS}

    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("word", "states"),
    [
        ("condition", set(get_args(Condition)) - {"pending"}),  # of a rule; no alert is stored in it
        ("workflow", set(get_args(Workflow))),
        ("priority", set(get_args(Priority))),
        ("channel", set(get_args(Channel))),
        ("delivery", set(get_args(DeliveryState))),
        ("outcome", set(get_args(OutcomeWord))),
        ("clock state", set(get_args(ClockState))),
    ],
)
def test_the_states_that_the_glossary_names_are_those_of_the_code(word: str, states: set[str]) -> None:
    (meaning,) = [row[2] for row in WORDS if row[0] == word]
    named = re.sub(r"\([^)]*\)", "", meaning.rpartition(": ")[2])

    assert set(re.findall(r"[a-z_]+", named)) - {"or"} == states


def test_the_commands_that_the_page_names_are_there() -> None:
    workbench = (ROOT / "dev").read_text(encoding="utf-8")
    named = set(re.findall(r"\./dev ([a-z0-9-]+)", TESTING))

    assert {verb for verb in named if f"#   ./dev {verb} " not in workbench} == set()


@pytest.mark.parametrize("verb", ["kill", "reliability", "brokers", "test"])
def test_a_verb_that_runs_tests_explains_itself_and_not_pytest(verb: str) -> None:
    said = subprocess.run([ROOT / "dev", verb, "--help"], capture_output=True, check=True, text=True).stdout

    assert said.startswith(f"./dev {verb} ")
    assert "ARGS go to pytest" in said


def test_no_command_stands_twice_in_the_table() -> None:
    commands = [row[0] for row in rows(TESTING) if row[0].startswith("`./dev")]

    assert [one for one in commands if commands.count(one) > 1] == []


def test_the_files_that_the_page_names_are_there() -> None:
    named = re.findall(r"`((?:tests|gateway|drivers|fake_devices)/[a-z_/]+\.py)`", TESTING)

    assert named
    assert [file for file in named if not (ROOT / file).exists()] == []


def test_what_is_to_be_mutated_is_there_and_the_scores_are_of_it() -> None:
    mutated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]["only_mutate"]
    files = {pattern: {str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)} for pattern in mutated}
    scored = {row[0].strip("`") for row in rows(TESTING) if row[0].endswith(".py`")}

    assert [pattern for pattern, found in files.items() if not found] == []
    assert scored <= {file for found in files.values() for file in found}


def test_the_page_of_the_control_socket_has_every_verb_and_its_arguments() -> None:
    page = {row[0].strip("`"): row[1] for row in rows((ROOT / "docs/control-socket.md").read_text(encoding="utf-8"))}
    arguments: dict[str, type[Struct]] = {
        "enroll": Enroll,
        "unenroll": Unenroll,
        "log": SetLevel,
        "export": Export,
        "erase": Erase,
    }

    for verb in ("hello", "status", "reload", *arguments):
        named = {field.encode_name for field in structs.fields(arguments[verb])} if verb in arguments else set()
        assert named <= set(re.findall(r"`(\w+)`", page[verb]))


# --- what is to be typed ---------------------------------------------------------------------------------------------------

PAGES = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
FOR_ANYBODY = {"demo", "decode", "drivers", "label", "replay"}  # who knows nothing of /etc/lifering, which is not for everybody


def typed(page: Path) -> list[list[str]]:
    """The words of each `lifering ...` in the blocks of a page, with `sudo` where it has that."""
    blocks = re.findall(r"^```.*?^```|^    .*?$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^ *((?:sudo )?lifering [a-z].*)$", "\n".join(blocks), re.MULTILINE)
    parts = [part.strip() for line in lines for part in re.split(r"\s#\s|&&|;|[|>](?![^\[]*\])", line.partition("  #")[0])]
    return [shlex.split(part) for part in parts if re.match(r"(sudo )?lifering [a-z]", part) and "[" not in part]


@pytest.mark.parametrize("page", [page for page in PAGES if typed(page)], ids=lambda page: page.name)
def test_what_a_page_has_typed_is_a_command_that_lifering_takes(page: Path) -> None:
    for words in typed(page):
        verb, *arguments = words[words.index("lifering") + 1 :]
        parser = Parser(prog=verb)
        cli.load(verb).configure(parser)

        parser.parse_args(arguments)


@pytest.mark.parametrize("page", [page for page in PAGES if typed(page)], ids=lambda page: page.name)
def test_what_reads_the_configuration_is_typed_with_sudo(page: Path) -> None:
    """It lies in a folder of the service's user, 0750."""
    asked = [
        words
        for words in typed(page)
        if words[words.index("lifering") + 1] not in FOR_ANYBODY or "/etc/lifering" in " ".join(words)
    ]

    assert [words for words in asked if words[0] != "sudo"] == []


@pytest.mark.parametrize("page", [page for page in PAGES if typed(page)], ids=lambda page: page.name)
def test_what_only_root_may_is_typed_with_sudo(page: Path) -> None:
    assert [line for line in page.read_text(encoding="utf-8").splitlines() if NEEDS_ROOT.search(line)] == []


def test_no_file_names_a_page_that_is_not_in_the_tree() -> None:
    sources = [path for folder in ("gateway", "drivers", "fake_devices") for path in (ROOT / folder).rglob("*.py")]
    named = {name for path in sources for name in re.findall(r"docs/[a-z-]+\.md", path.read_text(encoding="utf-8"))}

    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()
    assert [path.name for path in sources if re.search(r"CONTRACT \d|DESIGN(\.md)? \d", path.read_text(encoding="utf-8"))] == []

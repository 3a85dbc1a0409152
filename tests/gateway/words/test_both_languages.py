"""Whatever is said in one language is said in the other, with the same facts, and nothing is worded that nobody says."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from string import Formatter

from gateway.language import Said
from gateway.whys import WHYS
from gateway.words import command_line, link_errors
from gateway.words.link_errors import why
from tests.gateway.words.languages import is_chinese, is_english

WORDS = {
    f"{module}.{table}.{code}": said
    for module in sorted(path.stem for path in Path("gateway/words").glob("[a-z]*.py"))
    for table, entries in vars(import_module(f"gateway.words.{module}")).items()
    if isinstance(entries, dict) and module != "mistakes"  # which have a test of their own
    for code, said in entries.items()
    if isinstance(said, Said)
}
OTHER_POINTS = re.compile("[\u4e00-\u9fff）”}][:;,?!](?: |$)")


def facts(words: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in Formatter().parse(words) if name is not None}


def test_there_are_words() -> None:
    assert len(WORDS) > 1_000


def test_both_languages_tell_the_same_facts() -> None:
    assert [name for name, said in WORDS.items() if facts(said.english) != facts(said.chinese)] == []


def test_chinese_has_the_points_of_chinese() -> None:
    assert [name for name, said in WORDS.items() if OTHER_POINTS.search(said.chinese)] == []


def test_each_is_said_in_its_language() -> None:
    assert [name for name, said in WORDS.items() if not is_english(said.english)] == []
    assert [name for name, said in WORDS.items() if not is_chinese(said.chinese, said.english)] == []


def test_all_that_the_command_line_may_say_is_said() -> None:
    trees = [ast.parse(path.read_text()) for path in Path("gateway/cli").rglob("*.py")]
    named = {str(node.value) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    named |= {"adapter on", "adapter off", "adapter filters"}  # after `adapter`, as `check` finds it
    tables = (command_line.CHECK, command_line.DRIVERS, command_line.TRANSPORTS, command_line.USAGE)

    assert {code for table in tables for code in table} - named == {"receipt", "puback"}  # `alerts_need` names these two


def test_what_a_scan_says_of_an_adapter_is_of_the_words_that_an_adapter_fails_with() -> None:
    of_its_table = {"address", "driver", "signal", "battery", "whose", "more", "left"}
    of_its_list = {"enrolled", "not enrolled", "address changes", "count"}

    assert set(command_line.SCAN) - set(WHYS) == of_its_table | of_its_list


def test_every_fault_of_the_link_that_has_words_is_one_that_is_told() -> None:
    named = {
        node.value
        for path in Path("gateway/channels/mqtt").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert set(link_errors.WORDS) - named == set()


def test_a_fault_of_the_link_names_the_broker_and_what_the_system_says_of_it() -> None:
    said = why("a.example:8883", "refused", detail="Not authorized")

    assert said.english == "a.example:8883: the broker refuses the connection: Not authorized"
    assert said.chinese == "a.example:8883：MQTT 服务器拒绝连接：无权连接，请检查用户名和密码（Not authorized）"


NEEDS_ROOT = re.compile(
    r"(?<!sudo )(?<![\w/-])(systemctl (start|stop|restart|reload|enable|disable|mask|unmask|daemon-reload)|rfkill unblock"
    r"|timedatectl set-|apt install|chown |chgrp |udevadm |mount -|usermod|raspi-config)"
)


def test_a_command_that_only_root_may_is_told_with_sudo() -> None:
    said = WORDS | {f"whys.{code}": why for code, why in WHYS.items()}

    assert [name for name, each in said.items() if NEEDS_ROOT.search(each.english) or NEEDS_ROOT.search(each.chinese)] == []

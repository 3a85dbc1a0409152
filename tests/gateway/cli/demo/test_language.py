"""The demo speaks as the terminal does, unless it is told otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = (
    "from gateway.cli.usage import Parser\nfrom gateway.cli import demo\n"
    "parser = Parser(prog='lifering demo')\ndemo.configure(parser)\nimport sys\nprint(parser.parse_args(sys.argv[1:]).language)"
)


@pytest.mark.parametrize(
    ("lang", "options", "language"),
    [
        ("zh_CN.UTF-8", [], "zh-CN"),
        ("en_GB.UTF-8", [], "en"),
        ("", [], "en"),
        ("zh_CN.UTF-8", ["--language", "en"], "en"),
        ("en_GB.UTF-8", ["--language", "zh-CN"], "zh-CN"),
    ],
)
def test_it_speaks_as_lang_says(lang: str, options: list[str], language: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANG")}

    said = subprocess.run(
        [sys.executable, "-c", ASK, *options], env=environment | {"LANG": lang}, capture_output=True, text=True, check=True
    ).stdout

    assert said.strip() == language

"""The language of a configuration is found, also where little else in it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.language import Language
from gateway.settings.file import examine
from gateway.settings.language import asked_for, language_for

CHINESE = "# 西山社区\n[gateway]\n{}\n"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('language = "zh-CN"', "zh-CN"),
        ("language = “zh-CN”", "zh-CN"),
        ("language ＝ ‘zh-CN’", "zh-CN"),
        ("language = zh-CN", "zh-CN"),
        ('language = "zh"', "zh-CN"),
        ('language = "zh_CN.UTF-8"  # Chinese', "zh-CN"),
        ('language = "中文"', "zh-CN"),
        ('language = "Chinese"', "zh-CN"),
        ('language = "fr"\n# 西山', "zh-CN"),
        ('language = "fr"', None),
        ("language =", None),
        ('language = "en"\n# 西山', "en"),
        ('language = "english"', "en"),
        ('id = "a"\n# 西山', "en"),
        ('id = "a"', "en"),
        ('id = "a\nhost = "h"', None),
        ("[mqtt", None),
    ],
)
def test_the_language_is_the_one_that_was_meant(text: str, language: Language | None) -> None:
    assert asked_for(text) == language


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("line", "language"), [('language = "zh-CN"', "zh-CN"), ('language = "en"', "en"), ("", "zh-CN")])
def test_it_is_found_in_other_encodings_too(tmp_path: Path, encoding: str, line: str, language: Language) -> None:
    file = tmp_path / "gateway.toml"
    file.write_bytes(CHINESE.format(line).encode(encoding))

    examined = examine(file)

    assert examined.language == language
    assert [mistake.code for mistake in examined.mistakes] == ["file_is_not_utf8" if encoding == "gb18030" else "file_is_utf16"]
    assert language_for(file) == language


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_it_is_found_where_every_other_byte_is_nothing(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "gateway.toml").write_bytes('[gateway]\nlanguage = "zh-CN"\n'.encode(encoding))

    assert examine(tmp_path / "gateway.toml").language == "zh-CN"


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x00\x01\n"])
def test_of_what_is_no_text_nobody_can_tell(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "gateway.toml").write_bytes(data)

    assert examine(tmp_path / "gateway.toml").language in (None, "en")

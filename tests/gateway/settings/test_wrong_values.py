"""Whatever stands at a key that does not belong there is told in our own words, never in those of a library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from gateway.settings.file import examine
from gateway.settings.schema import SettingsFile
from gateway.words.mistakes import WORDS, text

WRONG = ('""', '" "', '"no such thing"', "-1", "5", "1.5", "true", "[]", "[5]", "{}", "{a = 1}", "2026-11-30", '"a\\u200bb"')


def keys() -> Iterator[tuple[str, str]]:
    """Each section as it is written, and a key of it."""
    for section, field in SettingsFile.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        header = f"[{section}]" if model is field.annotation else f"[[{section}]]"
        yield from ((header, key) for key in (model.model_fields if model else ()))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_at_any_key_is_told_in_words_of_ours(tmp_path: Path, wrong: str) -> None:
    config = tmp_path / "gateway.toml"
    told = 0
    for header, key in keys():
        config.write_text(f"{header}\n{key} = {wrong}\n", encoding="utf-8")
        for mistake in examine(config).mistakes:
            assert mistake.code in WORDS, (header, key, mistake)
            assert "nput should" not in text(mistake, "zh-CN"), (header, key)
            told += mistake.key.endswith(f".{key}")

    assert told


@pytest.mark.parametrize("key", ["mqtt.password_file", "mqtt.ca_file", "store.key_file", "roster.file", "gateway.data_dir"])
@pytest.mark.parametrize(("value", "code"), [("5", "path_type"), ('""', "too_short")])
def test_a_file_has_a_name(tmp_path: Path, key: str, value: str, code: str) -> None:
    section, name = key.split(".")
    config = tmp_path / "gateway.toml"
    config.write_text(f'[{section}]\n{name} = {value}\nusername = "u"\n')

    assert [mistake.code for mistake in examine(config).mistakes if mistake.key == key] == [code]


@pytest.mark.parametrize("name", ["Asia/Beijing", "Beijing", "CST", "UTC+8", "北京", ""])
def test_who_takes_china_for_a_time_zone_is_told_its_name(tmp_path: Path, name: str) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(f'[gateway]\ntime_zone = "{name}"\n', encoding="utf-8")

    (mistake,) = [one for one in examine(config).mistakes if one.key == "gateway.time_zone"]

    for language in ("en", "zh-CN"):
        assert "Asia/Shanghai" in text(mistake, language)
        assert "Brunei" not in text(mistake, language)


@pytest.mark.parametrize("key", ["ab" * 32, "q83vAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0="])
def test_a_key_that_stands_in_the_place_of_its_files_name_is_not_repeated(tmp_path: Path, key: str) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(f'[store]\nkey_file = "{key}"\n')

    (mistake,) = [one for one in examine(config).mistakes if one.key == "store.key_file"]

    assert mistake.code == "store_key_missing"
    assert key not in text(mistake, "en") + text(mistake, "zh-CN")

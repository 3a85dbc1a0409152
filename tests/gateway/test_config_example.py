"""The configuration that is shipped: valid once it is filled in, complete, explained in both languages."""

from __future__ import annotations

import base64
import json
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gateway.settings.file import examine
from gateway.settings.schema import SettingsFile
from gateway.settings.shipped import shipped
from tests.make_schemas import config_schema

EXAMPLE = shipped("gateway.toml").read_text(encoding="utf-8")
# A setting that is left at its default stands behind a "#", without a space.
EVERYTHING = re.sub(r"^#(?=[a-z_]+ = |\[)", "", EXAMPLE, flags=re.MULTILINE)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """What the technician's page tells to do: the two files copied, the password filled in."""
    for name in ("gateway.toml", "wristbands.csv", "duty.csv", "responders.csv"):
        shutil.copy(shipped(name), tmp_path)
        (tmp_path / name).chmod(0o640)  # it has a key
    (tmp_path / "mqtt-password").touch(0o600)
    (tmp_path / "mqtt-password").write_text("a password")
    (tmp_path / "store.key").touch(0o600)
    (tmp_path / "store.key").write_text("00" * 32)
    return tmp_path / "gateway.toml"


def test_the_example_is_valid_once_the_password_is_there(installed: Path) -> None:
    examined = examine(installed)

    assert examined.mistakes == []
    assert {warning.code for warning in examined.warnings} == {"band_is_an_example"}


def test_without_the_password_it_says_which_file_is_missing(installed: Path) -> None:
    (installed.parent / "mqtt-password").unlink()

    assert [(mistake.key, mistake.code) for mistake in examine(installed).mistakes] == [
        ("mqtt.password_file", "secret_file_missing")
    ]


def test_its_roster_enrols_bands_of_several_kinds(installed: Path) -> None:
    assert {band.driver for band in examine(installed).bands.values()} == {
        "ble-heart-rate",
        "ble-blood-pressure",
        "ble-thermometer",
        "bthome",
    }


def test_every_setting_left_at_its_default_can_be_taken_as_it_stands(installed: Path) -> None:
    folder = installed.parent
    for name, kind in (("ca.pem", "CERTIFICATE"), ("gateway.pem", "CERTIFICATE"), ("gateway.key", "PRIVATE KEY")):
        (folder / name).write_text(f"-----BEGIN {kind}-----\n")
    (folder / "sim-pin").touch(0o600)
    (folder / "sim-pin").write_text("1234")
    (folder / "page-pin").touch(0o600)
    (folder / "page-pin").write_text("482915")
    (folder / "relay-hall.psk").touch(0o600)
    (folder / "relay-hall.psk").write_text(base64.b64encode(bytes(32)).decode())
    (folder / "W-009.key").write_text("000102030405060708090a0b0c0d0e0f")
    instead_of_host = re.sub(r"^host = .*", "", EVERYTHING, count=1, flags=re.MULTILINE)
    installed.write_text(instead_of_host, encoding="utf-8")

    assert examine(installed).mistakes == []


def keys(value: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The keys of a file, sections in the way; those below `rules` and `wearer` are free."""
    for key, item in value.items() if isinstance(value, Mapping) else ():
        if (*path, key) in {("rules",), ("wearer",)}:
            yield key
        elif isinstance(item, list) and item and isinstance(item[0], Mapping):
            for section in item:
                yield from keys(section, (*path, key))
        elif isinstance(item, Mapping):
            yield from keys(item, (*path, key))
        else:
            yield ".".join((*path, key))


def keys_of_schema() -> Iterator[str]:
    schema = SettingsFile.model_json_schema()
    yield from keys_below(schema, schema["$defs"], ())


def keys_below(section: Mapping[str, Any], models: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for name, value in section["properties"].items():
        ways = [value, value.get("items", {}), *value.get("anyOf", [])]
        reference = next((way["$ref"] for way in ways if "$ref" in way), None)
        if reference:
            yield from keys_below(models[reference.rpartition("/")[2]], models, (*path, name))
        else:
            yield ".".join((*path, name))


def test_every_key_there_is_stands_in_the_example_and_no_other() -> None:
    assert set(keys(tomllib.loads(EVERYTHING))) == set(keys_of_schema())


def test_an_editor_accepts_the_example() -> None:
    jsonschema.validate(tomllib.loads(EXAMPLE), config_schema())
    jsonschema.validate(tomllib.loads(EVERYTHING), config_schema())


def test_an_editor_knows_the_rails_of_the_limits() -> None:
    data = tomllib.loads(EVERYTHING)
    data["rules"]["heart_rate"]["critical_high"] = 400

    with pytest.raises(jsonschema.ValidationError, match="maximum of 180"):
        jsonschema.validate(data, config_schema())


def test_the_example_names_its_schema_for_editors() -> None:
    reference = EXAMPLE.splitlines()[0].removeprefix("#:schema ")

    schema = json.loads((shipped("gateway.toml").parent / reference).read_text(encoding="utf-8"))

    assert schema["title"] == "SettingsFile"


def test_every_setting_is_explained_in_both_languages() -> None:
    explained = ""
    for line in EXAMPLE.splitlines():
        if re.match(r"#?[a-z_]+ = ", line):
            assert re.search("[a-z]{3}", explained), line
            assert re.search("[\u4e00-\u9fff]", explained), line
        elif line.startswith("# "):
            explained += line
        elif not line:
            explained = ""

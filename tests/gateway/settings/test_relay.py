"""`[[relay]]` is checked: where it is, its name, its key, and whether this installation can speak with it at all."""

from __future__ import annotations

import base64
from importlib.util import find_spec
from pathlib import Path

import pytest

from gateway.language import Language
from gateway.settings import relay_checks
from gateway.settings.file import examine, load
from gateway.words.mistakes import text

HEAD = '[gateway]\nid = "xishan-01"\n[mqtt]\nhost = "platform.example"\nusername = "u"\n'
BAND = '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "bthome"\nwearer = "W-1"\nroom = "1"\n'
WELL = '[[relay]]\nhost = "10.0.0.31"\npsk_file = "relay.psk"\nname = "house-3"\n'
KEY = base64.b64encode(bytes(range(32))).decode()


def written(tmp_path: Path, tables: str, key: str = KEY) -> Path:
    file, psk = tmp_path / "gateway.toml", tmp_path / "relay.psk"
    file.write_text(HEAD + tables + BAND)
    psk.touch(0o600)
    psk.write_text(key)
    return file


def told(file: Path, language: Language = "en") -> list[str]:
    """What is wrong, and what is warned of."""
    found = examine(file)
    return [f"{one.key}: {text(one, language)}" for one in (*found.mistakes, *found.warnings)]


def test_a_relay_is_valid_and_has_a_port_of_its_own(tmp_path: Path) -> None:
    file = written(tmp_path, WELL)

    assert told(file) == []
    (relay,) = load(file).settings.relay
    assert (relay.host, relay.port, relay.name) == ("10.0.0.31", 6053, "house-3")
    assert relay.psk_file == tmp_path / "relay.psk"


def test_bands_of_a_house_with_relays_only_are_heard(tmp_path: Path) -> None:
    assert told(written(tmp_path, "[bluetooth]\nenabled = false\n" + WELL)) == []


@pytest.mark.parametrize(
    ("tables", "code"),
    [
        pytest.param(WELL.replace('host = "10.0.0.31"\n', ""), "relay.host: is missing", id="no host"),
        pytest.param(WELL.replace("10.0.0.31", "http://10.0.0.31"), "relay.host: is not valid", id="no host but a URL"),
        pytest.param(WELL.replace("house-3", "House 3"), "the name that it has in ESPHome", id="no name of ESPHome"),
        pytest.param(WELL.replace("house-3", "hci0"), "is what an adapter is called", id="the name of an adapter"),
        pytest.param(WELL + WELL.replace("31", "32"), '"house-3" is the name of the relay in line', id="a name twice"),
        pytest.param(WELL + WELL.replace("house-3", "house-4"), "is the host of the relay in line", id="a host twice"),
        pytest.param(
            WELL + WELL.replace("house-3", "house-4") + "port = 6053\n",
            "is the host of the relay in line",
            id="a host twice, with the usual port",
        ),
        pytest.param(WELL.replace("relay.psk", "other.psk"), "is not there", id="no key"),
        pytest.param(WELL + "port = 0\n", "must be 1 or more", id="no port"),
        pytest.param(WELL.replace("[[relay]]", "[relay]"), "written [[relay]]", id="single brackets"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, tables: str, code: str) -> None:
    file = written(tmp_path, tables)

    assert len(told(file)) == 1, told(file)
    assert code in told(file)[0]
    assert told(file, "zh-CN") != told(file)


@pytest.mark.parametrize("key", ["", "not base64!", base64.b64encode(bytes(16)).decode(), KEY + KEY, "ключ"])
def test_what_is_no_key_is_said_and_never_shown(tmp_path: Path, key: str) -> None:
    (said,) = told(written(tmp_path, WELL, key))

    assert "holds no key of a relay" in said
    assert not key or key not in said


def test_a_key_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    file = written(tmp_path, WELL)
    (tmp_path / "relay.psk").chmod(0o644)

    assert [one.key for one in examine(file).warnings] == ["relay.psk_file"]


def test_without_the_extra_it_is_said_and_all_else_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_checks, "find_spec", lambda name: None if name == relay_checks.LIBRARY else find_spec(name))
    file = written(tmp_path, WELL)

    (said,) = told(file)
    assert said.startswith("relay: this installation has no relays")
    assert load(file).settings.relay, "a gateway that does not start for it would hear nobody"


def test_a_relay_without_its_key_keeps_no_gateway_from_its_work(tmp_path: Path) -> None:
    file = written(tmp_path, WELL)
    (tmp_path / "relay.psk").unlink()

    assert examine(file).mistakes
    assert load(file).settings.relay

"""`[[watches]]` is checked: where it listens, with what, and for whom; a watch is enrolled by its id or its IMEI."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.language import Language
from gateway.settings.file import examine
from gateway.words.mistakes import text

HEAD = '[gateway]\nid = "xishan-01"\n[mqtt]\nhost = "platform.example"\nusername = "u"\n'
WELL = '[[watches]]\nlisten = "0.0.0.0:8001"\ndriver = "tcp-watch-3g"\n'


def band(address: str, driver: str = "tcp-watch-3g") -> str:
    return f'[[wristband]]\naddress = "{address}"\ndriver = "{driver}"\nwearer = "W-1"\nroom = "1"\n'


def told(tmp_path: Path, tables: str, language: Language = "en") -> list[str]:
    """What is wrong, and what is warned of watches."""
    file = tmp_path / "gateway.toml"
    file.write_text(HEAD + tables)
    found = examine(file)
    watches = [one for one in found.warnings if one.key.startswith("watches")]
    return [f"{one.key}: {text(one, language)}" for one in (*found.mistakes, *watches)]


@pytest.mark.parametrize("address", ["8800000015", "358800000002345", "12345"])
def test_a_listener_and_a_watch_are_valid(tmp_path: Path, address: str) -> None:
    assert told(tmp_path, WELL + band(address)) == []


@pytest.mark.parametrize(
    ("tables", "code"),
    [
        pytest.param(WELL.replace('listen = "0.0.0.0:8001"\n', "") + band("8800000015"), "watches.listen", id="no address"),
        pytest.param(WELL.replace("0.0.0.0", "nowhere") + band("8800000015"), "cannot be", id="no address of a machine"),
        pytest.param(WELL.replace("8001", "801") + band("8800000015"), "the port must be 1024 or more, is 801", id="of root"),
        pytest.param(WELL + WELL + band("8800000015"), "port 8001 already", id="twice"),
        pytest.param(WELL + '[metrics]\nlisten = "127.0.0.1:8001"\n' + band("8800000015"), "port 8001 already", id="metrics"),
        pytest.param(WELL.replace("tcp-watch-3g", "serial-hub"), "is not the driver of a watch", id="no watch"),
        pytest.param(WELL, "no watch is enrolled", id="nobody"),
        pytest.param(band("8800000015"), "no [[watches]] has the driver", id="no listener"),
        pytest.param(WELL + band("C0:FF:EE:00:00:01"), "the address is the id", id="no id"),
        pytest.param(WELL + band("8800000015") + band("8800000016", "bthome"), "id of a watch", id="an id of no watch"),
        pytest.param(
            '[[serial]]\nname = "x"\nport = "/dev/x"\ndriver = "tcp-watch-3g"\n',
            "does not speak over a serial line",
            id="serial",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, tables: str, code: str) -> None:
    said = told(tmp_path, tables)

    assert len(said) == 1, said
    assert code in said[0]
    assert told(tmp_path, tables, "zh-CN") != said

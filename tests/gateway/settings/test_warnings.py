"""What is allowed but perhaps not meant is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.file import examine

GOOD = """\
[gateway]
id = "xishan-01"
[mqtt]
host = "platform.example"
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "ble-heart-rate"
wearer = "W-017"
room = "3-201"
"""
BAND = '[[wristband]]\naddress = "C0:FF:EE:00:01:{:02}"\ndriver = "{}"\nwearer = "W-1"\nroom = "1"\n'
STRAPS = "".join(BAND.format(number, "ble-heart-rate") for number in range(5))
OWN = '[[wristband]]\naddress = "C0:FF:EE:00:02:{:02}"\ndriver = "ycbt"\nwearer = "W-1"\nroom = "1"\nslot = true\n'
HUB = '[[serial]]\nname = "hub"\nport = "/dev/x"\ndriver = "serial-hub"\n'


def own_slots(many: int) -> str:
    return "".join(OWN.format(number) for number in range(many))


def doubts(folder: Path, text: str) -> list[tuple[str, str]]:
    """Key and code of each warning about a valid configuration."""
    (folder / "gateway.toml").write_text(text)
    examined = examine(folder / "gateway.toml")
    assert examined.mistakes == []
    return [(warning.key, warning.code) for warning in examined.warnings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(GOOD, [], id="nothing"),
        pytest.param(
            GOOD.replace("[mqtt]", "[mqtt]\ntls = false\ninsecure = true"), [("mqtt.insecure", "insecure")], id="plain text"
        ),
        pytest.param(GOOD.replace("[mqtt]", "[mqtt]\nport = 1883"), [("mqtt.port", "tls_at_plain_port")], id="TLS at 1883"),
        pytest.param(
            GOOD.replace("[mqtt]", "[mqtt]\nport = 8883\ntls = false\ninsecure = true"),
            [("mqtt.insecure", "insecure"), ("mqtt.port", "plain_at_tls_port")],
            id="plain text at 8883",
        ),
        pytest.param(
            GOOD.replace('host = "platform.example"', 'hosts = ["a.example", "b.example:1883"]'),
            [("mqtt.hosts", "tls_at_plain_port")],
            id="TLS at 1883 of one of several",
        ),
        pytest.param(
            GOOD.replace('host = "platform.example"', 'hosts = ["a.example:8884"]\nport = 1883'),
            [],
            id="a port that is not used",
        ),
        pytest.param(
            GOOD.replace("[mqtt]", '[mqtt]\nalerts_need = "puback"'),
            [("mqtt.alerts_need", "puback_is_no_receipt")],
            id="a broker that is taken for the platform",
        ),
        pytest.param(
            GOOD.replace("[mqtt]", f'[mqtt]\nclient_id = "{"x" * 24}"'), [("mqtt.client_id", "long_id")], id="a long client id"
        ),
        pytest.param(
            GOOD.replace("xishan-01", "x" * 24).replace("[mqtt]", '[mqtt]\nclient_id = "short"'),
            [],
            id="a long id, a short client id",
        ),
        pytest.param(GOOD.replace("xishan-01", "x" * 24), [("gateway.id", "long_id")], id="a long id"),
        pytest.param(GOOD.replace("[mqtt]", f'[mqtt]\nroot = "{"r" * 42}"'), [("mqtt.root", "long_topic")], id="long topics"),
        pytest.param(GOOD.partition("[[")[0], [("wristband", "no_bands")], id="no wristbands"),
        pytest.param(GOOD + "[bluetooth]\nenabled = false\n", [("bluetooth.enabled", "no_radio")], id="no radio"),
        pytest.param(
            GOOD.replace("ble-heart-rate", "bthome") + HUB + "[bluetooth]\nenabled = false\n", [], id="a hub that hears instead"
        ),
        pytest.param(
            GOOD.replace("ble-heart-rate", "bthome") + "[bluetooth]\nenabled = false\n",
            [("bluetooth.enabled", "no_radio")],
            id="nobody who hears",
        ),
        pytest.param(GOOD + BAND.format(1, "ibeacon"), [("wristband", "no_identity")], id="a beacon whose press nobody knows"),
        pytest.param(GOOD + STRAPS, [("bluetooth.connections", "few_slots")], id="more straps than slots"),
        pytest.param(GOOD + own_slots(4), [], id="a connection is left for others"),
        pytest.param(
            GOOD + own_slots(5),
            [("bluetooth.connections", "few_slots"), ("wristband.slot", "many_own_slots")],
            id="no connection is left for others",
        ),
        pytest.param(
            GOOD + own_slots(5) + '[bluetooth]\nadapters = ["hci0", "hci1"]\n', [], id="enough of their own on two adapters"
        ),
        pytest.param(
            GOOD + own_slots(1) + "[bluetooth]\nconnections = 1\n",
            [("bluetooth.connections", "few_slots"), ("wristband.slot", "many_own_slots")],
            id="the only connection kept for one",
        ),
        pytest.param(GOOD + STRAPS + '[bluetooth]\nadapters = ["hci0", "hci1"]\n', [], id="enough slots on two adapters"),
        pytest.param(
            GOOD + '[wearer.W-071.heart_rate]\ncritical_high = 150\nreason = "r"\nby = "b"\n',
            [("wearer.W-071", "unknown_wearer")],
            id="limits for nobody",
        ),
    ],
)
def test_a_doubt_is_told_at_its_key(tmp_path: Path, text: str, found: list[tuple[str, str]]) -> None:
    assert doubts(tmp_path, text) == found


@pytest.mark.parametrize(("mode", "found"), [(0o600, []), (0o640, []), (0o644, [("mqtt.password_file", "secret_is_readable")])])
def test_a_password_that_anybody_can_read_is_told(tmp_path: Path, mode: int, found: list[tuple[str, str]]) -> None:
    (tmp_path / "pw").write_text("pw")
    (tmp_path / "pw").chmod(mode)

    assert doubts(tmp_path, GOOD.replace("[mqtt]", '[mqtt]\nusername = "u"\npassword_file = "pw"')) == found


@pytest.mark.parametrize(
    ("driver", "digits", "found"),
    [
        pytest.param("ibeacon", 32, [], id="a UUID"),
        pytest.param("ibeacon", 40, [], id="a UUID, major and minor"),
        pytest.param("kbeacon", 40, [("wristband", "no_identity")], id="too long for the driver"),
        pytest.param("bthome", 32, [], id="a secret"),
    ],
)
def test_an_identity_must_have_the_length_of_its_driver(
    tmp_path: Path, driver: str, digits: int, found: list[tuple[str, str]]
) -> None:
    (tmp_path / "key").write_text("b9" * (digits // 2))
    (tmp_path / "key").chmod(0o600)

    assert doubts(tmp_path, GOOD + BAND.format(1, driver) + 'key_file = "key"\n') == found


def test_a_password_handed_over_by_systemd_is_well_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "pw").write_text("pw")
    (credentials / "pw").chmod(0o644)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))

    assert doubts(tmp_path, GOOD.replace("[mqtt]", '[mqtt]\nusername = "u"\npassword_file = "pw"')) == []


@pytest.mark.parametrize("content", ["\ufeffsecret\n", "secret \n", " secret", "secret\u3000"])
def test_a_password_with_blanks_around_it_is_asked_about(tmp_path: Path, content: str) -> None:
    (tmp_path / "pw").touch(0o600)
    (tmp_path / "pw").write_text(content)

    found = doubts(tmp_path, GOOD.replace("[mqtt]", '[mqtt]\nusername = "u"\npassword_file = "pw"'))

    assert found == [("mqtt.password_file", "password_has_blanks")]

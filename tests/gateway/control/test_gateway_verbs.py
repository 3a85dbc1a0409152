"""Over the socket one looks at the gateway, and changes who is heard, as with the verbs of the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import structlog

from gateway import logs
from gateway.apart import call_here
from gateway.control.gateway_verbs import GatewayVerbs
from gateway.control.listening import Line
from gateway.errors import ConfigError, FaultySettings
from gateway.settings.file import load
from tests.gateway.a_snapshot import SNAPSHOT

CONFIG = '[gateway]\nid = "xishan-01"\n[mqtt]\nhost = "h"\n'


class Gateway:
    """Takes up the configuration when it is asked to."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.heard: list[str] = []
        self.verbs = GatewayVerbs(config, lambda: SNAPSHOT, self.reload, lambda: "en", call_here).verbs

    async def reload(self) -> None:
        self.heard = list(load(self.config).bands)

    async def asks(self, verb: str, **args: object) -> Line:
        answer = await self.verbs[verb](args, "root")
        assert isinstance(answer, dict)
        return answer


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG)
    return Gateway(file)


async def test_status_is_the_snapshot(gateway: Gateway) -> None:
    status = await gateway.asks("status")

    assert (status["running"], status["gateway"], status["open_alerts"]) == (True, "xishan-01", 1)


async def test_a_band_that_is_enrolled_is_heard_when_the_answer_comes(gateway: Gateway) -> None:
    answer = await gateway.asks("enroll", address="c0ffee000009", driver="bthome", wearer="W-009", room="3-209")

    assert answer == {"address": "C0:FF:EE:00:00:09", "wearer": "W-009", "file": str(gateway.config)}
    assert gateway.heard == ["C0:FF:EE:00:00:09"]

    await gateway.asks("unenroll", address="C0:FF:EE:00:00:09")

    assert gateway.heard == []
    assert gateway.config.read_text() == CONFIG


async def test_what_is_perhaps_not_meant_of_a_band_is_told_as_enroll_tells_it(gateway: Gateway) -> None:
    answer = await gateway.asks("enroll", address="c0ffee000009", driver="bthome", wearer="王秀英", room="3-209")

    assert isinstance(answer["warnings"], list)
    assert [one.startswith("wearer: warning: looks like a name") for one in answer["warnings"]] == [True]
    assert gateway.heard == ["C0:FF:EE:00:00:09"]


async def test_a_key_file_is_looked_for_where_the_configuration_lies(gateway: Gateway) -> None:
    key = gateway.config.parent / "W-9.key"
    key.touch(0o600)
    key.write_text("231d39c1d7cc1ab1aee224cd096db932")

    await gateway.asks("enroll", address="c0ffee000009", driver="bthome", wearer="W-009", key_file="W-9.key")

    assert 'key_file = "W-9.key"' in gateway.config.read_text()


@pytest.mark.parametrize(
    ("verb", "args", "why"),
    [
        pytest.param("enroll", {"address": "c0ffee000009"}, "driver", id="no driver"),
        pytest.param(
            "enroll", {"address": "c0ffee000009", "driver": "x", "wearer": "W"}, "there is no driver", id="wrong driver"
        ),
        pytest.param("unenroll", {"address": "c0ffee000009"}, "address: c0ffee000009 is not enrolled", id="not enrolled"),
        pytest.param("unenroll", {"address": 7}, "str", id="a number as address"),
        pytest.param("log", {"level": "loud"}, "loud", id="no level"),
    ],
)
async def test_what_cannot_be_is_answered_in_words(gateway: Gateway, verb: str, args: dict[str, object], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        await gateway.asks(verb, **args)

    assert gateway.config.read_text() == CONFIG


async def test_a_faulty_configuration_is_told_as_check_tells_it(gateway: Gateway) -> None:
    gateway.config.write_text(CONFIG + "[mqqt]\n")

    with pytest.raises(ConfigError, match=r"gateway.toml:5: mqqt: there is no such setting") as told:
        await gateway.asks("reload")

    assert not isinstance(told.value, FaultySettings)


async def test_how_much_is_logged_can_be_changed(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True, level="info", stream=sys.stdout)
    bound = structlog.get_logger().bind(port="hub")

    await gateway.asks("log", level="debug")
    bound.debug("step refused")
    await gateway.asks("log", level="warning")
    bound.info("port open")

    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["log level changed", "step refused"]

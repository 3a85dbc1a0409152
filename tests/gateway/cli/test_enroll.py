"""`lifering enroll` and `unenroll`, as a technician types them, beside a running gateway and without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.control.listening import Args, Line
from gateway.errors import ConfigError
from gateway.settings.data_folder import data_folder
from gateway.settings.file import load
from gateway.store.folder import Folder
from tests.gateway.cli.running import control_socket, lifering

CONFIG = """\
[gateway]
id = "xishan-01"
language = "en"
data_dir = "."
[mqtt]
host = "h"
[roster]
file = "wristbands.csv"
"""
CSV = "# the third floor\naddress,driver,wearer,room,key,model\nC0:FF:EE:00:00:01,bthome,W-001,3-201,,\n"
KEY = "231d39c1d7cc1ab1aee224cd096db932"
BAND = ("c0-ff-ee-00-00-09", "--driver", "ble-heart-rate", "--wearer", "W-009", "--room", "3-209")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG)
    (tmp_path / "wristbands.csv").write_text(CSV)
    return file


class Gateway:
    """One that runs: it reads the configuration when it is asked to, or says why it cannot."""

    def __init__(self, config: Path, fault: str = "") -> None:
        self.heard: list[str] = []
        self._config, self._fault = config, fault

    async def reload(self, args: Args, actor: str) -> Line:
        if self._fault:
            raise ConfigError([self._fault])
        self.heard = list(load(self._config).bands)
        return {}


async def test_a_band_is_enrolled_and_the_running_gateway_takes_it_up(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gateway = Gateway(config)

    async with control_socket(config.parent, {"reload": gateway.reload}):
        code = await lifering("enroll", *BAND, "--config", config)

    roster = config.parent / "wristbands.csv"
    assert code == 0
    assert roster.read_text() == CSV + "C0:FF:EE:00:00:09,ble-heart-rate,W-009,3-209,,\n"
    assert gateway.heard == ["C0:FF:EE:00:00:01", "C0:FF:EE:00:00:09"]
    assert capsys.readouterr().out == (
        f"C0:FF:EE:00:00:09 is enrolled for W-009, in {roster}.\nThe running gateway hears it from now on.\n"
    )


@pytest.mark.parametrize(
    ("band", "asked"),
    [
        ((*BAND[:4], "王小明", *BAND[5:]), "wearer: warning: looks like a name"),
        (BAND[:5], "room: warning: is empty"),
        (BAND, None),
    ],
    ids=["a name", "no room", "well"],
)
async def test_what_is_perhaps_not_meant_of_a_new_band_is_asked_at_once(
    config: Path, capsys: pytest.CaptureFixture[str], band: tuple[str, ...], asked: str | None
) -> None:
    (config.parent / "wristbands.csv").write_text(CSV.replace("3-201", ""))  # of the old ones `check` asks

    assert await lifering("enroll", *band, "--config", config) == 0

    told = capsys.readouterr().err.splitlines()
    assert [line.startswith(f"lifering enroll: {asked}") for line in told] == ([True] if asked else [])


async def test_a_band_is_taken_out_and_the_running_gateway_hears_it_no_more(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = Gateway(config)

    async with control_socket(config.parent, {"reload": gateway.reload}):
        code = await lifering("unenroll", "c0ffee000001", "--config", config)

    assert code == 0
    assert (config.parent / "wristbands.csv").read_text() == CSV.replace("C0:FF:EE:00:00:01,bthome,W-001,3-201,,\n", "")
    assert gateway.heard == []
    told = capsys.readouterr().out
    assert "C0:FF:EE:00:00:01 of W-001 is enrolled no more" in told
    assert "An open alert of W-001 stays." in told
    assert "The running gateway does not hear it any more." in told


async def test_where_no_gateway_runs_it_is_written_and_that_is_said(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = await lifering("enroll", *BAND, "--config", config)

    assert code == 0
    assert "C0:FF:EE:00:00:09" in load(config).bands
    assert capsys.readouterr().out.splitlines()[1] == "No gateway runs here: it counts from the next start."


async def test_a_gateway_that_runs_and_cannot_be_asked_is_not_taken_for_none(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Folder(data_folder(config))
    running.hold()

    code = await lifering("enroll", *BAND, "--config", config)
    running.release()

    assert code == 1
    assert "C0:FF:EE:00:00:09" in load(config).bands
    assert "systemctl reload lifering" in capsys.readouterr().err


async def test_that_the_running_gateway_did_not_take_it_up_is_a_failure(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = Gateway(config, "gateway.toml:7: mqtt.host: no")

    async with control_socket(config.parent, {"reload": gateway.reload}):
        code = await lifering("enroll", *BAND, "--config", config)

    assert code == 1
    assert capsys.readouterr().err == (
        "lifering enroll: It is written, but the running gateway did not take it up: gateway.toml:7: mqtt.host: no\n"
    )


async def test_a_key_is_read_from_its_file(config: Path) -> None:
    key = config.parent / "W-9.key"
    key.touch(0o600)
    key.write_text(KEY)

    await lifering(
        "enroll", "C0:FF:EE:00:00:09", "--driver", "bthome", "--wearer", "W-009", "--key-file", key, "--config", config
    )

    assert load(config).bands["C0:FF:EE:00:00:09"].key == bytes.fromhex(KEY)


# --- what cannot be ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ("enroll", "C0:FF:EE:00:00:01", "--driver", "bthome", "--wearer", "W-1"),
            "lifering enroll: address: C0:FF:EE:00:00:01 is enrolled already, at {roster}:3\n",
            id="enrolled already",
        ),
        pytest.param(
            ("enroll", "C0:FF:EE:00:00:09", "--driver", "bthom", "--wearer", "W-1"),
            'lifering enroll: driver: there is no driver "bthom"; `lifering drivers` lists them; did you mean bthome?\n',
            id="no such driver",
        ),
        pytest.param(
            ("unenroll", "C0:FF:EE:00:00:09"),
            "lifering unenroll: address: C0:FF:EE:00:00:09 is not enrolled\n",
            id="not enrolled",
        ),
    ],
)
async def test_a_mistake_is_told_and_nothing_is_written(
    config: Path, arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = Gateway(config)

    async with control_socket(config.parent, {"reload": gateway.reload}):
        code = await lifering(*arguments, "--config", config)

    roster = config.parent / "wristbands.csv"
    assert code == 2
    assert capsys.readouterr().err == told.format(roster=roster)
    assert [file.read_text() for file in (roster, config)] == [CSV, CONFIG]
    assert gateway.heard == []


async def test_what_is_no_address_is_wrong_usage(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        await lifering("unenroll", "the-blue-one", "--config", config)

    assert ended.value.code == 2
    assert "'the-blue-one' is no address; right would be C0:FF:EE:00:00:01, of a watch" in capsys.readouterr().err


async def test_mistakes_are_told_in_the_language_of_the_configuration(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIG.replace('"en"', '"zh-CN"'))  # noqa: ASYNC240 (before anything runs)

    await lifering("unenroll", "C0:FF:EE:00:00:09", "--config", config)
    await lifering("enroll", *BAND, "--config", config)

    out, err = capsys.readouterr()
    assert err == "lifering unenroll: address: C0:FF:EE:00:00:09 没有登记\n"
    assert "已登记给 W-009" in out


async def test_a_configuration_with_mistakes_is_told_as_check_tells_it(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIG + "[mqqt]\n")  # noqa: ASYNC240 (before anything runs)

    assert await lifering("enroll", *BAND, "--config", config) == 2

    assert capsys.readouterr().err.startswith(f"{config}:9: mqqt: ")

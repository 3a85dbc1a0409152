"""`lifering test-alert`, as a technician types it, beside a running gateway and without one."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from gateway.control import Args, Lines
from tests.gateway.cli.running import control_socket, lifering

CONFIG = '[gateway]\nid = "xishan-01"\nlanguage = "{language}"\ndata_dir = "."\n[mqtt]\nhost = "h"\n'


class Gateway:
    """Tells these steps, and then why not."""

    def __init__(self, *steps: str, why: str = "") -> None:
        self.steps, self.why = steps, why
        self.asked: Args = {}

    async def test(self, args: Args, _actor: str) -> Lines:
        self.asked = args
        return self._lines()

    async def _lines(self) -> AsyncGenerator[Mapping[str, object]]:
        for step in self.steps:
            yield {"step": step, "at": "2026-11-30T06:00:00.250Z"}
        if self.why:
            yield {"done": True, "error": self.why}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG.format(language="en"))
    return file


async def test_each_step_is_printed_with_its_time_and_0_says_that_the_receipt_came(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = Gateway("raised", "sent", "received")
    async with control_socket(config.parent, {"test-alert": gateway.test}):
        code = await lifering("test-alert", "--config", config)

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert gateway.asked == {"path": "mqtt", "wait_s": 60.0}
    assert [line[8:12] for line in lines] == [".250"] * 3
    assert [line[14:] for line in lines] == [
        "the test alert is on the disk",
        "the broker has it",
        "the platform's receipt has come",
    ]


async def test_without_the_word_that_it_waits_for_it_fails_and_says_so(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = Gateway("sms sent", why="no receipt")
    async with control_socket(config.parent, {"test-alert": gateway.test}):
        code = await lifering("test-alert", "--path", "sms", "--wait", "5", "--json", "--config", config)

    out = capsys.readouterr()
    assert code == 1
    assert gateway.asked == {"path": "sms", "wait_s": 5.0}
    assert [json.loads(line)["step"] for line in out.out.splitlines()] == ["sms sent"]
    assert out.err.startswith("lifering test-alert: no receipt came in time")


async def test_without_a_gateway_it_fails(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await lifering("test-alert", "--config", config) == 1
    assert "no gateway runs" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--path", "pigeon"], ["--wait", "0"], ["--wait", "soon"], ["--wait", "601"]])
async def test_wrong_usage_is_2(config: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        await lifering("test-alert", *wrong, "--config", config)

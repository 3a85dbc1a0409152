"""`lifering test-alert`, as a technician types it, beside a running gateway and without one."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from gateway.control.listening import Args, Lines
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


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    file = tmp_path / "chinese.toml"
    file.write_text(CONFIG.format(language="zh-CN"))
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
    assert out.err.startswith("lifering test-alert: no word of the modem came in time. `sudo lifering status` shows")


WHY_NOT = [
    ("mqtt", "raised", "no receipt", "the broker does not have it yet", "MQTT 服务器尚未收到"),
    ("mqtt", "sent", "no receipt", "the platform does not answer", "平台没有应答"),
    ("sms", "", "no such path", "no [modem]", "没有配置 [modem]"),
    ("sms", "", "nobody in the duty list", "phones_file", "phones_file"),
    ("sms", "", "sms_bound", "used up", "已达上限"),
    ("sms", "", "pin", "did not send it: the SIM wants its PIN", "未能发送：SIM 卡需要 PIN 码"),
    ("local", "", "no such path", "no on_alert", "没有在 [duty] 中配置 on_alert"),
    ("local", "begun", "exit code 3", "failed: exit code 3", "失败：exit code 3"),
    ("local", "begun", "too slow", "was killed", "已被终止"),
    ("sms", "", "busy", "it does something else", "设备正忙"),  # the socket, not the modem
]


@pytest.mark.parametrize(("path", "step", "why", "english", "chinese_words"), WHY_NOT)
async def test_what_did_not_come_is_said_by_its_way_and_with_what_to_do(
    path: str,
    step: str,
    why: str,
    english: str,
    chinese_words: str,
    config: Path,
    chinese: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gateway = Gateway(*([step] if step else []), why=why)
    async with control_socket(config.parent, {"test-alert": gateway.test}):
        codes = [await lifering("test-alert", "--path", path, "--config", file) for file in (config, chinese)]

    in_english, in_chinese = capsys.readouterr().err.splitlines()
    assert codes == [1, 1]
    assert english in in_english
    assert chinese_words in in_chinese


async def test_no_time_to_wait_is_no_time(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        await lifering("test-alert", "--wait", "0", "--config", config)
    assert "'0' is no number of seconds above 0, at most 600" in capsys.readouterr().err


async def test_without_a_gateway_it_fails(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await lifering("test-alert", "--config", config) == 1
    assert "no gateway runs" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--path", "pigeon"], ["--wait", "0"], ["--wait", "soon"], ["--wait", "601"]])
async def test_wrong_usage_is_2(config: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        await lifering("test-alert", *wrong, "--config", config)

"""What the heartbeat names by a fixed word, `status` and the technician's pages explain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.channels.mqtt.refusals import REFUSED, UNHEARD
from gateway.words.faults import FAULTS as ALERT_FAULTS
from gateway.words.status import FAULTS
from gateway.words.telling import fault_in_words


def of_the_link() -> Iterator[str]:
    """Every text that a fault of the way to the platform is made of."""
    yield from (REFUSED, UNHEARD)
    for path in Path("gateway/channels/mqtt").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "faults":
                texts = (inner.value for part in node.body[1:] for inner in ast.walk(part) if isinstance(inner, ast.Constant))
                yield from (text.strip() for text in texts if isinstance(text, str) and len(text) > len("none"))


def test_every_fault_of_the_link_has_words() -> None:
    told = set(of_the_link())

    assert {"platform_silent", "broker takes no will", "link keeps breaking", "broker refuses", "unreadable"} <= told
    assert {text for text in told if not any(fault.startswith(text) for fault in FAULTS)} == set()
    assert {fault for fault in FAULTS if not any(fault.startswith(text) for text in told)} == set()


def test_the_device_stands_behind_the_fault_as_its_language_has_it() -> None:
    assert fault_in_words("port_lost", "hall-hub", "zh-CN") == "串口设备断开：hall-hub"
    assert fault_in_words("port_lost", "hall-hub", "en").endswith(": hall-hub")


@pytest.mark.parametrize("page", ["mending.md", "mending.zh-CN.md"])
@pytest.mark.parametrize("fault", [*FAULTS, *ALERT_FAULTS])
def test_the_page_on_mending_says_what_to_do_about_every_fault(page: str, fault: str) -> None:
    rows = [row for row in Path("docs", page).read_text(encoding="utf-8").splitlines() if row.startswith("|")]

    assert any(f"`{fault}" in row.split("|")[1] for row in rows)

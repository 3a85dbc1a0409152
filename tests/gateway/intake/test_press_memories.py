"""What is remembered of presses outlives a restart, and a broken memory silences nobody."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gateway.intake.press_memories import PressMemories

PENDANT = "C0:FF:EE:00:00:01"


@pytest.mark.parametrize("body", [b"?", b"[]", b'{"boot":"\xff"}', b""])
def test_a_broken_memory_is_named_and_its_device_begins_anew(body: bytes) -> None:
    memories = PressMemories("boot")

    with capture_logs() as logs:
        memories.load({PENDANT: body, f"records {PENDANT}": b"?"}, now_s=0.0)

    assert [(line["event"], line["device"]) for line in logs] == [("press memory unreadable", PENDANT)]

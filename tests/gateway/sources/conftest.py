"""What the tests of the sources share."""

from __future__ import annotations

import pytest

from tests.bluez.fixtures import bluez, private_bus
from tests.gateway.sources.recorder import Recorder

__all__ = ["bluez", "private_bus"]


@pytest.fixture
async def recorder() -> Recorder:
    """It takes all that is heard."""
    return Recorder()

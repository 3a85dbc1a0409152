"""One place to be set up: a real broker, a hub on a pseudo-terminal, the platform."""

from __future__ import annotations

from tests.system.conftest import broker, hub, platform

__all__ = ["broker", "hub", "platform"]

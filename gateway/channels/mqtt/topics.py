"""The topics of one gateway, as the contract names them; each stands under `<root>/<gateway id>/`."""

from __future__ import annotations

from typing import Final

STATUS: Final = "up/status"
HEARTBEAT: Final = "up/heartbeat"
READINGS: Final = "up/readings"
ALERTS: Final = "up/alerts"
REPLIES: Final = "up/replies"
RECEIPTS: Final = "down/receipts"
COMMANDS: Final = "down/commands"

"""How long whoever waits for what another process does waits for it: a busy machine is no fault, only what hangs is."""

from __future__ import annotations

HANGS_S = 120.0

"""A light or buzzer at a pin of a Raspberry Pi, as the command of `on_alert`: `python -m gateway.channels.gpio_light 17`.

The alert comes as one line of JSON on stdin. The pin blinks for 8 s when an alert begins or is escalated; at its end nothing is
to be seen. It needs gpiozero (`apt install python3-gpiozero`).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Protocol

ON_S = 8.0  # the command is ended after 10 s


class LightPin(Protocol):
    """Of gpiozero."""

    def blink(self, on_time: float, off_time: float, *, background: bool) -> None:
        """On and off."""
        ...

    def off(self) -> None:
        """Off."""
        ...


def show(alert: object, pin: LightPin, pause: Callable[[float], None] = time.sleep) -> None:
    """Blink while somebody has to look; off when the alert is over."""
    is_over = isinstance(alert, dict) and alert.get("event") in ("resolved", "cancelled", "cleared")
    if is_over:
        pin.off()
        return
    pin.blink(0.5, 0.5, background=True)
    pause(ON_S)
    pin.off()


def main() -> int:
    """Exit code 2: no pin is named; 1: there is no such pin here."""
    if len(sys.argv) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        from gpiozero import LED  # type: ignore[import-not-found]  # only who has a pin needs it

        pin = LED(sys.argv[1])
    except Exception as error:
        sys.stderr.write(f"gpio_light: {error}\n")
        return 1
    show(json.loads(sys.stdin.readline() or "{}"), pin)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

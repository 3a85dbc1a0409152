"""The kernel's switches that keep Bluetooth off (rfkill), as /sys shows them.

Source: Linux Documentation/ABI/stable/sysfs-class-rfkill.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

ROOT = Path("/")
Kind = Literal["soft", "hard"]


class BlockedSwitch(NamedTuple):
    """A switch that is off: `path` beneath the root; `name`: of its adapter (hci0), or of the machine's own key."""

    path: str
    name: str
    kind: Kind


def blocked(root: Path) -> Iterator[BlockedSwitch]:
    """Those of Bluetooth. One that is blocked both ways is called hard: software does not open it."""
    for switch in sorted((root / "sys/class/rfkill").glob("rfkill*")):
        if _text(switch / "type") == "bluetooth" and (kind := _kind(switch)):
            yield BlockedSwitch(str(switch.relative_to(root)), _text(switch / "name"), kind)


def why_off(adapter: str, root: Path | None = None) -> str:
    """Why the kernel keeps this adapter off, in one of two words; "": it does not. A machine's own key is of every adapter."""
    ours = [one.kind for one in blocked(root or ROOT) if one.name == adapter or not one.name.startswith("hci")]
    return f"{min(ours, key=['hard', 'soft'].index)} blocked" if ours else ""


def _kind(switch: Path) -> Kind | None:
    if _text(switch / "hard") == "1":
        return "hard"
    return "soft" if _text(switch / "soft") == "1" else None


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""

"""Whether an advertisement that names its device was sent by it."""

from __future__ import annotations


def is_another(address: str, named: bytes) -> bool:
    """Whether the sender's `address` is known ("C0:FF:EE:00:00:01"), and not the one that the frame names (as printed)."""
    return bool(address) and bytes.fromhex(address.replace(":", "")) != named

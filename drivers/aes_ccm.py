"""Opens what a band has sealed with AES-128-CCM (RFC 3610) and a check of four bytes."""

from __future__ import annotations

from drivers.driver import Refused

KEY_BYTES = 16
CHECK_BYTES = 4


def opened(key: bytes, nonce: bytes, sealed: bytes, associated: bytes | None = None) -> bytes:
    """What is inside `sealed`, which ends in its check. `associated` is guarded by the check, too. Raises Refused."""
    from cryptography.exceptions import InvalidTag  # a large library: only who has an encrypted band pays for it
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM

    if len(key) != KEY_BYTES:
        raise Refused("encrypted", f"the key has {len(key)} bytes, needs {KEY_BYTES}")
    try:
        return AESCCM(key, tag_length=CHECK_BYTES).decrypt(nonce, sealed, associated)
    except InvalidTag:
        raise Refused("checksum", "wrong key, wrong address or a frame that was changed") from None

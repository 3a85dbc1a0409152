"""Encrypts what is stored of people, so that a card that is stolen without its key tells nothing: ChaCha20-Poly1305 (RFC 8439).

A value is a mark that nothing else begins with, the name of its key, a nonce, the text, a tag: 36 bytes more.
So a store may be encrypted from some day on, by another key from another day on, and still be read. The nonce is drawn by
chance, 96 bits: of a thousand million values (thirty years of a commit a second) two share one with a chance of 1 in 10^11.
ChaCha20, as a Raspberry Pi 4 has no AES of its own. Names by which rows are found are encrypted alike each time (AES-SIV,
RFC 5297).

The keys are the process's, as its log is: each value says itself which one it needs. Without a key everything stays as it is.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence

MARK = b"\x01LR\xe1"  # no JSON and no zlib begins so, and what else is stored by a chance of 2^-32
NAME_MARK = "\x01"  # no pseudonym has a control character
NAME_BYTES, NONCE_BYTES = 4, 12
HEAD_BYTES = len(MARK) + NAME_BYTES


class _Cipher:
    """Of one key."""

    def __init__(self, key: bytes) -> None:
        from cryptography.exceptions import InvalidTag  # a large library: only who encrypts pays for it
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV, ChaCha20Poly1305

        self.head = MARK + hashlib.sha256(key).digest()[:NAME_BYTES]
        self._bodies, self._invalid = ChaCha20Poly1305(key), (InvalidTag, ValueError)
        self._names = AESSIV(hashlib.sha512(b"names" + key).digest())

    def encrypt(self, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return self.head + nonce + self._bodies.encrypt(nonce, plain, self.head)

    def decrypt(self, stored: bytes) -> bytes:
        nonce, sealed = stored[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES], stored[HEAD_BYTES + NONCE_BYTES :]
        try:
            return self._bodies.decrypt(nonce, sealed, self.head)
        except self._invalid:
            return b""

    def encrypt_name(self, name: str) -> str:
        return NAME_MARK + base64.b64encode(self.head + self._names.encrypt(name.encode(), None)).decode()

    def decrypt_name(self, stored: bytes) -> str:
        try:
            return self._names.decrypt(stored[HEAD_BYTES:], None).decode()
        except self._invalid:
            return ""


_ciphers: dict[bytes, _Cipher] = {}


def use(keys: Sequence[bytes], *, keep: bool = False) -> None:
    """From now on encrypt with the first of these keys of 32 bytes, decrypt with all; `keep`: with those before, too."""
    before = list(_ciphers.values()) if keep else []
    _ciphers.clear()
    for cipher in [*map(_Cipher, keys), *before]:
        _ciphers.setdefault(cipher.head, cipher)


def encrypt(plain: bytes) -> bytes:
    """With the first key."""
    cipher = next(iter(_ciphers.values()), None)
    return cipher.encrypt(plain) if cipher else plain


def decrypt(stored: bytes) -> bytes:
    """What was encrypted, or what never was; empty, which nobody stores, where the key is unknown or a bit has flipped."""
    if not is_encrypted(stored):
        return stored
    cipher = _ciphers.get(stored[:HEAD_BYTES])
    return cipher.decrypt(stored) if cipher else b""


def encrypt_name(name: str) -> str:
    """Alike each time, with the first key; no name stays none."""
    cipher = next(iter(_ciphers.values()), None)
    return cipher.encrypt_name(name) if cipher and name else name


def decrypt_name(stored: str) -> str:
    """What `encrypt_name` was given; none where the key is unknown."""
    if not stored.startswith(NAME_MARK):
        return stored
    try:
        bare = base64.b64decode(stored[len(NAME_MARK) :], validate=True)
    except ValueError:
        return ""
    cipher = _ciphers.get(bare[:HEAD_BYTES])
    return cipher.decrypt_name(bare) if cipher else ""


def is_encrypted(stored: bytes) -> bool:
    """By whatever key."""
    return stored.startswith(MARK)


def is_locked(stored: bytes) -> bool:
    """Whether it is encrypted by a key that is not known."""
    return is_encrypted(stored) and stored[:HEAD_BYTES] not in _ciphers

"""Who has given the PIN: a session each, in memory only; a restart ends them all. Pure, but for chance."""

from __future__ import annotations

import secrets
from hashlib import sha256

from msgspec import Struct

LASTS_S = 12 * 3600.0  # a shift
MOST = 32


class PageSession(Struct, frozen=True):
    """`csrf`: what each POST of this session must bring along. `until_s`: monotonic."""

    csrf: str
    until_s: float


class Sessions:
    """By the hash of their token: whoever reads the memory's dump logs in with nothing of it."""

    def __init__(self) -> None:
        self._of: dict[bytes, PageSession] = {}

    def begin(self, now_s: float) -> str:
        """Returns the token, for the cookie. The oldest session makes room where there are many."""
        token = secrets.token_urlsafe(32)
        self._of[_key(token)] = PageSession(secrets.token_urlsafe(32), now_s + LASTS_S)
        if len(self._of) > MOST:
            del self._of[next(iter(self._of))]
        return token

    def of(self, token: str, now_s: float) -> PageSession | None:
        """The one that goes on with this token."""
        session = self._of.get(_key(token))
        if session and session.until_s <= now_s:
            self.end(token)
            return None
        return session

    def end(self, token: str) -> None:
        """It was locked."""
        self._of.pop(_key(token), None)


def _key(token: str) -> bytes:
    return sha256(token.encode()).digest()

"""What went wrong on the way to the broker, as a code and facts of `words/link_errors.py`. Pure."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple

from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.times import rfc3339
from gateway.words.link_errors import why

# X509_V_ERR_*, openssl/x509_vfy.h
NOT_YET_VALID, EXPIRED = 9, 10
UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})
WRONG_NAME = frozenset({62, 64})

# Reason codes, MQTT 5, 2.4
UNSPECIFIED_ERROR = 0x80
SESSION_TAKEN_OVER = 0x8E
RETAIN_NOT_SUPPORTED = 0x9A


class Cause(NamedTuple):
    """A code of `words/link_errors.py`, and the facts that its words name."""

    code: str
    facts: Mapping[str, object] = {}


class TakenOver(UplinkLost):
    """Another client has connected with our id."""


class RetainRefused(UplinkLost):
    """The broker hung up on a retained message: it may be one that keeps none."""


class WillRefused(UplinkLost):
    """The broker may be one that knows no will or no retained messages."""


def no_connection(address: str, code: object, last_words: str, *, had_will: bool) -> UplinkLost:
    """The broker refused us with this reason code, or (None) hung up on us.

    To hang up without a word may mean that it dislikes the will, as MQTT 3.1.1 has no words for that.
    """
    if had_will and (code == RETAIN_NOT_SUPPORTED or (code is None and not last_words)):
        return WillRefused(why(address, "no_will"))
    if code is None:
        said = tls_cause(last_words) if last_words else Cause("hung_up")
        return UplinkLost(why(address, said.code, **said.facts))
    return UplinkLost(why(address, "refused", detail=code))


def link_lost(address: str, code: object, last_words: str, *, on_retained: bool) -> UplinkLost:
    """A connection that stood is lost: by this reason code of the broker, or these last words of the socket.

    `on_retained`: while a retained message waited to be acknowledged.
    """
    if code == SESSION_TAKEN_OVER:
        return TakenOver(why(address, "taken_over"))
    if on_retained:
        return RetainRefused(why(address, "no_retain"))
    if last_words:
        return UplinkLost(why(address, "system", detail=last_words))
    if code == UNSPECIFIED_ERROR:  # paho's word for it tells nothing
        return UplinkLost(why(address, "broken"))
    return UplinkLost(why(address, "ended", detail=code))


def cause(error: Exception, clock: Clock) -> Cause:
    """What went wrong, for the person who has to mend it."""
    match error:
        case ssl.SSLCertVerificationError():
            return _certificate_cause(error, clock)
        case ssl.SSLError():
            return tls_cause(str(error))
        case socket.gaierror():
            return Cause("no_address", {"detail": error.strerror})
        case ConnectionRefusedError():
            return Cause("nobody_listens")
        case ConnectionResetError():
            return Cause("no_tls")
        case FileNotFoundError() | PermissionError() if error.filename:
            return Cause("file", {"file": error.filename, "detail": error.strerror})
        case OSError() if error.strerror:
            return Cause("system", {"detail": error.strerror})
        case _:
            return Cause("system", {"detail": str(error) or type(error).__name__})


def _certificate_cause(error: ssl.SSLCertVerificationError, clock: Clock) -> Cause:
    if error.verify_code in (NOT_YET_VALID, EXPIRED):
        code = "certificate_expired" if error.verify_code == EXPIRED else "certificate_not_yet_valid"
        return Cause(code, {"now": rfc3339(clock.wall_ms()), "clock": clock.state()})
    if error.verify_code in UNKNOWN_AUTHORITY:
        return Cause("unknown_authority", {"detail": error.verify_message})
    code = "wrong_name" if error.verify_code in WRONG_NAME else "certificate_refused"
    return Cause(code, {"detail": error.verify_message})


def tls_cause(text: str) -> Cause:
    """OpenSSL's text of an error: the other side's TLS alert, or what kept us from reading it."""
    if alert := re.search(r"alert ([a-z ]+)", text):
        return Cause("tls_refused", {"detail": alert[1].strip()})
    if "WRONG_VERSION_NUMBER" in text or "UNEXPECTED_EOF" in text or "RECORD_LAYER_FAILURE" in text:
        return Cause("no_tls")
    if "KEY_VALUES_MISMATCH" in text:
        return Cause("wrong_key")
    if "PEM" in text or "NO_CERTIFICATE_OR_CRL_FOUND" in text:
        return Cause("no_pem", {"detail": text})
    return Cause("system", {"detail": text})

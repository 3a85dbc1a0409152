"""What went wrong on the way to the broker, in words for the person who has to mend it. Pure."""

from __future__ import annotations

import re
import socket
import ssl

from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.times import rfc3339

# X509_V_ERR_*, openssl/x509_vfy.h
NOT_YET_VALID, EXPIRED = 9, 10
UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})
WRONG_NAME = frozenset({62, 64})

# Reason codes, MQTT 5, 2.4
UNSPECIFIED_ERROR = 0x80
SESSION_TAKEN_OVER = 0x8E
RETAIN_NOT_SUPPORTED = 0x9A

NO_TLS = "the broker hangs up on TLS: it may speak plain text on this port"


class TakenOver(UplinkLost):
    """Another client has connected with our id."""


class WillRefused(UplinkLost):
    """The broker may be one that knows no will or no retained messages."""


def no_connection(address: str, code: object, last_words: str, *, had_will: bool) -> UplinkLost:
    """The broker refused us with this reason code, or (None) hung up on us.

    To hang up without a word may mean that it dislikes the will, as MQTT 3.1.1 has no words for that.
    """
    if had_will and (code == RETAIN_NOT_SUPPORTED or (code is None and not last_words)):
        return WillRefused(f"{address}: the broker takes no will")
    if code is None:
        return UplinkLost(f"{address}: {tls_in_words(last_words) if last_words else 'hung up on CONNECT without a word'}")
    return UplinkLost(f"{address}: the broker refuses the connection: {code}")


def link_lost(address: str, code: object, last_words: str) -> UplinkLost:
    """A connection that stood is lost: by this reason code of the broker, or these last words of the socket."""
    if code == SESSION_TAKEN_OVER:
        return TakenOver(f"{address}: another box uses this id (cloned SD card?)")
    said = code if code != UNSPECIFIED_ERROR else "the connection broke"  # paho's word for it tells nothing
    return UplinkLost(f"{address}: {last_words or said}")


def in_words(error: Exception, clock: Clock) -> str:
    """What went wrong, for the person who has to mend it."""
    match error:
        case ssl.SSLCertVerificationError():
            return _certificate_in_words(error, clock)
        case ssl.SSLError():
            return tls_in_words(str(error))
        case socket.gaierror():
            return f"no address for this name: {error.strerror} (is the name right, does the name server answer?)"
        case ConnectionRefusedError():
            return "nobody listens on this port"
        case ConnectionResetError():
            return NO_TLS
        case FileNotFoundError() | PermissionError() if error.filename:
            return f"{error.filename} cannot be read: {error.strerror}"
        case OSError() if error.strerror:
            return error.strerror
        case _:
            return str(error) or type(error).__name__


def _certificate_in_words(error: ssl.SSLCertVerificationError, clock: Clock) -> str:
    if error.verify_code in (NOT_YET_VALID, EXPIRED):
        fact = "has expired" if error.verify_code == EXPIRED else "is not valid yet"
        return (
            f"by this machine's clock ({rfc3339(clock.wall_ms())}, {clock.state()}) the broker's certificate {fact}: "
            "set the clock if it is wrong, else the broker needs a new certificate"
        )
    if error.verify_code in UNKNOWN_AUTHORITY:
        return f"no authority in ca_file has signed the broker's certificate ({error.verify_message})"
    if error.verify_code in WRONG_NAME:
        return f"the broker's certificate is for another name ({error.verify_message})"
    return f"the broker's certificate is refused: {error.verify_message}"


def tls_in_words(text: str) -> str:
    """OpenSSL's text of an error: the other side's TLS alert, or what kept us from reading it."""
    if alert := re.search(r"alert ([a-z ]+)", text):
        return f"the broker refuses our TLS: {alert[1].strip()} (cert_file, key_file and their dates?)"
    if "WRONG_VERSION_NUMBER" in text or "UNEXPECTED_EOF" in text or "RECORD_LAYER_FAILURE" in text:
        return NO_TLS
    if "KEY_VALUES_MISMATCH" in text:
        return "key_file is not the key of cert_file"
    if "PEM" in text or "NO_CERTIFICATE_OR_CRL_FOUND" in text:
        return f"ca_file, cert_file or key_file is not in PEM form ({text})"
    return text

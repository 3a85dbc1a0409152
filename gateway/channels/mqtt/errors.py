"""What went wrong on the way to the broker, as a code and facts of `words/link_errors.py`. Pure."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.channels.mqtt.broker_limits import Suspect
from gateway.clock import Clock
from gateway.errors import BrokerRefused, UplinkLost
from gateway.formats.times import rfc3339
from gateway.language import Said
from gateway.words.link_errors import why

# X509_V_ERR_*, openssl/x509_vfy.h
NOT_YET_VALID, EXPIRED = 9, 10
UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})
WRONG_NAME = frozenset({62, 64})

# Reason codes, MQTT 5, 2.4
NO_MATCHING_SUBSCRIBERS = 0x10
UNSPECIFIED_ERROR = 0x80
SESSION_TAKEN_OVER = 0x8E
OF_THE_VERSION = 0x84
OF_THE_WILL = frozenset({0x9A, 0x9B})  # retain, QoS not supported
OF_THE_LENGTH = frozenset({0x80, 0x83, 0x95, 0x97, 0x99})  # or that is how brokers put it
OF_ITS_OWN = frozenset({0x00, 0x89, 0x8B, 0x8D, 0x8E, 0x98, 0x9C, 0x9D})  # no reason to suspect what it was sent

OF_THE_NETWORK = re.compile(r"\[Errno (100|101|110|112|113)\]|Keep alive")  # down, unreachable, timed out


class Cause(NamedTuple):
    """A code of `words/link_errors.py`, and the facts that its words name."""

    code: str
    facts: Mapping[str, object] = {}


class TakenOver(UplinkLost):
    """Another client has connected with our id."""


class NobodyListens(UplinkLost):
    """The machine of every broker refuses the connection: there is no broker now. To ask again costs it nothing."""


class HungUpOnMessage(UplinkLost):
    """The broker ended it while something was not acknowledged, or sends what is too long: it may be for that."""


class BreaksLink(BrokerRefused):
    """The broker hangs up on this message, or swallows it, again and again: MQTT 3.1.1 has no other word for a refusal."""


class SilentBroker(UplinkLost):
    """The broker says nothing to CONNECT, and does not hang up."""


class Disliked(UplinkLost):
    """The broker refuses how it is spoken to; `code` is its reason code, None where it hung up without a word.

    MQTT 3.1.1 has no words for a will, or for its being retained; and a broker of that version has none for MQTT 5.
    """

    def __init__(self, why: Said, code: object) -> None:
        super().__init__(why)
        self.code = code


def is_one_of(code: object, codes: frozenset[int]) -> bool:
    """paho's reason codes are equal to numbers, and have another hash."""
    return any(code == one for one in codes)


def no_connection(address: str, code: object, last_words: str) -> UplinkLost:
    """The broker refused us with this reason code, or (None) hung up on us."""
    if code is None:
        if last_words and "reset by peer" not in last_words:
            said = tls_cause(last_words)
            return UplinkLost(why(address, said.code, **said.facts))
        return Disliked(why(address, "refuses_us"), code)
    refused = why(address, "refused", detail=code)
    return Disliked(refused, code) if code == OF_THE_VERSION or is_one_of(code, OF_THE_WILL) else UplinkLost(refused)


def hung_up(code: object, last_words: str) -> bool:
    """Whether the other side ended it, perhaps for what we had sent."""
    return not is_one_of(code, OF_ITS_OWN) and not OF_THE_NETWORK.search(last_words)


def link_lost(address: str, code: object, last_words: str, sent: Sequence[Suspect]) -> UplinkLost:
    """A connection that stood is lost: by this reason code of the broker, or these last words of the socket.

    `sent`: what was not acknowledged, where the other side may have hung up for that.
    """
    if code == SESSION_TAKEN_OVER:
        return TakenOver(why(address, "taken_over"))
    if len(sent) == 1:
        return HungUpOnMessage(why(address, "hung_up_on", length=sent[0].length, topic=sent[0].topic))
    if sent:
        return HungUpOnMessage(why(address, "hung_up"))
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

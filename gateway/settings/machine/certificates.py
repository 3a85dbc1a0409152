"""Looks at the certificates that a configuration names: whether they hold now, and whether the key is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

SOON = timedelta(days=30)

Doubt = tuple[str, Mapping[str, object]]


def doubts(pem: bytes, now: datetime) -> Iterator[Doubt]:
    """Of the first certificate in a PEM file, which is the one that is shown, or the authority. Pure."""
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
    except ValueError:
        yield "certificate_is_broken", {}
        return
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    facts = {"end": f"{end:%Y-%m-%d}", "begin": f"{begin:%Y-%m-%d}", "now": f"{now:%Y-%m-%d}"}
    if now < begin:
        yield "certificate_not_yet", facts
    elif now > end:
        yield "certificate_expired", facts
    elif now > end - SOON:
        yield "certificate_ends", facts


def belong_together(certificate: bytes, key: bytes) -> bool:
    """Whether this is the key of the first certificate; what cannot be read is told elsewhere. Pure."""
    try:
        its = x509.load_pem_x509_certificates(certificate)[0].public_key()
        ours = load_pem_private_key(key, None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return its.public_bytes(*form) == ours.public_bytes(*form)

"""When the certificates in these files end. `cryptography` reads them: what Python itself has reads authorities only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import structlog

log = structlog.get_logger()


def ends_of(files: Iterable[Path]) -> dict[str, float]:
    """By the file's name, in seconds since 1970 (UTC): of several in one file the first to end.

    What cannot be read is left out: the link to the broker tells of it.
    """
    ends = {}
    for file in files:
        try:
            ends[file.name] = _first_end(file.read_bytes())
        except (OSError, ValueError) as error:
            log.debug("certificate cannot be read", file=file.name, why=type(error).__name__)
    return ends


def _first_end(pem: bytes) -> float:
    from cryptography import x509  # some MB, and only where there are certificates

    return min(certificate.not_valid_after_utc.timestamp() for certificate in x509.load_pem_x509_certificates(pem))

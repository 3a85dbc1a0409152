"""The body of a batch, compressed (zlib, RFC 1950) with the words that every reading has at hand: a commit holds only a few.

Measured: five readings take 60 % of what they take without. Of two hundred the words save little and take longer, and a higher
level twice the time for a tenth less. The checksum in it finds flipped bits, which SQLite does not.
"""

from __future__ import annotations

import zlib

FAST, SMALL = 1, 9  # levels
FEW = 8_000  # bytes: some thirty readings

# What is likely stands last. A body names it by its sum (DICTID): never changed; another one would stand beside it.
WORDS = (
    b'"monotonic_ms":"rr_ms":[8"clock":"unsynced","estimated","quality":["questionable:off_wrist","questionable:low","history":true'
    b'"driver":"mibeacon","driver":"bthome","kind":"button","value":"press","unit":null,"kind":"fall","kind":"worn","value":true,'
    b'"kind":"charging","value":false,"unit":null,"kind":"battery_low","kind":"position","value":{"latitude":,"longitude":'
    b'"kind":"battery","value":"unit":"%","kind":"steps","value":"unit":"{steps}",'
    b'"kind":"skin_temperature","value":"kind":"respiratory_rate","value":1'
    b'"kind":"blood_pressure","value":{"systolic":12,"diastolic":7,"pulse":},"unit":"mm[Hg]","at":"'
    b'"kind":"body_temperature","value":36.,"unit":"Cel","at":"'
    b'"kind":"oxygen_saturation","value":9,"unit":"%","at":"'
    b'"device":"C0:FF:EE:00:","driver":"serial-hub","kind":"heart_rate","value":7,"unit":"/min","at":"2026-12-01T0:0:0.0Z",'
    b'"received_at":"2026-12-01T0:0:0.0Z","clock":"synced","quality":[],"history":false},{"id":"'
)


def compress(body: bytes) -> bytes:
    """As it is stored."""
    if len(body) > FEW:
        return zlib.compress(body, FAST)
    stream = zlib.compressobj(SMALL, zdict=WORDS)
    return stream.compress(body) + stream.flush()


def decompress(packed: bytes) -> bytes:
    """What `compress` was given, or zlib without words. Raises zlib.error where its bits have flipped, or some are missing."""
    stream = decompressor()
    body = stream.decompress(packed)
    if not stream.eof or stream.unused_data:
        raise zlib.error("cut off, or more than it was")
    return body


def decompressor() -> zlib._Decompress:
    """For a body that comes in pieces, or may not be one."""
    return zlib.decompressobj(zdict=WORDS)

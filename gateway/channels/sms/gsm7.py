"""The GSM 7-bit default alphabet: text to septets, septets to octets, and back (3GPP TS 23.038, 6.1.2.1 and 6.2.1). Pure."""

from __future__ import annotations

ESCAPE = 0x1B
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
SEPTETS: dict[str, bytes] = {
    **{character: bytes([code]) for code, character in enumerate(ALPHABET) if code != ESCAPE},
    **{character: bytes([ESCAPE, code]) for code, character in EXTENSION.items()},
}


def can_say(text: str) -> bool:
    """Whether this alphabet has every character."""
    return SEPTETS.keys() >= set(text)


def to_septets(text: str) -> bytes:
    """One octet a septet; those of the extension table are two."""
    return b"".join(map(SEPTETS.__getitem__, text))


def to_text(septets: bytes) -> str:
    """An escape before a septet that the extension table does not have gives its plain character; one at the end, nothing."""
    text = ""
    escaped = False
    for septet in septets:
        if escaped:
            text += EXTENSION.get(septet, ALPHABET[septet] if septet != ESCAPE else " ")
            escaped = False
        elif septet == ESCAPE:
            escaped = True
        else:
            text += ALPHABET[septet]
    return text


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Septet i takes bits 7i to 7i+6, the lowest first, behind the fill bits."""
    bits = sum(septet << (fill_bits + 7 * at) for at, septet in enumerate(septets))
    return bits.to_bytes((fill_bits + 7 * len(septets) + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """So many septets."""
    bits = int.from_bytes(octets, "little") >> fill_bits
    return bytes(bits >> (7 * at) & 0x7F for at in range(count))

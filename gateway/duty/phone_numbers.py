"""Telephone numbers as people write them, and when two of them are the same phone. Pure."""

from __future__ import annotations

import re
import unicodedata

# Digits of a number with its country code (ITU-T E.164), and of the shortest that a network gives to people.
MOST_DIGITS, FEWEST_DIGITS = 15, 3
NATIONAL_DIGITS = 10  # what follows a country code that is written without + or 00 has so many digits at least


def read(text: str) -> str | None:
    """The number without the signs that are only there to be read: digits, perhaps with a + before; None: it is none.

    `13800000001.0` is none: a spreadsheet took it for an amount, and without its point it would be another phone.
    """
    if re.fullmatch(r"\s*\+?\d+\.0+\s*", text):
        return None
    number = re.sub(r"[\s().·-]", "", unicodedata.normalize("NFKC", text).replace("\u2010", "-").replace("\u2013", "-"))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    is_number = re.fullmatch(rf"\+?[0-9]{{{FEWEST_DIGITS},{MOST_DIGITS}}}", number)
    return number if is_number else None


def international(number: str, country: str) -> str:
    """The same number with its country code; `country` is that of numbers without one, such as +86."""
    plain = read(number) or number
    if plain.startswith("+"):
        return plain
    code = country.removeprefix("+")
    if plain.startswith(code) and len(plain) - len(code) >= NATIONAL_DIGITS:
        return f"+{plain}"
    return f"{country}{plain.removeprefix('0')}"


def is_usual(number: str, country: str) -> bool:
    """Whether a mobile phone of China has such a number; of other countries nothing is known here."""
    full = international(number, country)
    return not full.startswith("+86") or re.fullmatch(r"\+861[3-9][0-9]{9}", full) is not None

"""Knows the dates that Excel makes of room numbers: of 3-2, 3月2日 or 2-Mar. Pure."""

from __future__ import annotations

import re

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
NUMBER = r"[0-9]{1,2}"
YEAR = r"(?:[0-9]{2}|[0-9]{4})"
DATE = re.compile(
    rf"""
      (?:[0-9]{{4}}年)? {NUMBER}月 (?:{NUMBER}日)?      # 3月2日, 2027年3月2日
    | [0-9]{{4}}年
    | {MONTH} [-/\ ] (?:{NUMBER}|{YEAR})                # Mar-02
    | {NUMBER} [-/\ ] {MONTH} (?:[-/\ ] {YEAR})?        # 2-Mar, 2-Mar-27
    | {NUMBER} / {NUMBER} / {YEAR}                      # 3/2/2027
    | [0-9]{{4}} [-/] {NUMBER} [-/] {NUMBER}            # 2027-03-02
    """,
    re.VERBOSE | re.IGNORECASE,
)


def looks_like_a_date(text: str) -> bool:
    """Whether the whole text is one, perhaps with a time behind it."""
    return DATE.fullmatch(re.sub(r"\s+[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$", "", text)) is not None

"""Tells what a file is that is no text in UTF-8, by its bytes. Pure."""

from __future__ import annotations

MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16, as some editors of Windows save
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, which is a ZIP, and .xls
LAST_USUAL = 0xC6  # the lead bytes of Big5 up to here: punctuation, and the 5,401 usual characters


def utf_16(data: bytes) -> str | None:
    """The text of a file in UTF-16, with or without its mark; None where it is none."""
    if data.startswith(MARKS):
        return data.decode("utf-16", "replace")
    if b"\0" not in data:  # each line end, comma and English letter has one
        return None
    texts = (data.decode(name, "replace") for name in ("utf-16-le", "utf-16-be"))
    return next((text for text in texts if _is_plausible(text)), None)


def _is_plausible(text: str) -> bool:
    """Whether it is text in lines, and not just bytes taken by twos."""
    return "\n" in text and all(one.isprintable() or one.isspace() for one in text)


def is_workbook(data: bytes) -> bool:
    """Whether it is a file of Excel itself."""
    return data.startswith(WORKBOOKS)


def is_big5(data: bytes) -> bool:
    """Whether it is traditional Chinese in Big5, which GB18030 reads as other characters without a complaint.

    Then it is no text of GB 2312 (1980), whose characters simplified text is written in; and all its characters are of the
    first level of Big5, the usual ones, where those of GBK would be scattered over all levels.
    """
    try:
        data.decode()
    except UnicodeDecodeError:
        pass
    else:
        return False
    try:
        data.decode("gb2312")
    except UnicodeDecodeError:
        pass
    else:
        return False
    try:
        characters = [one for one in data.decode("big5") if not one.isascii()]
    except UnicodeDecodeError:
        return False
    usual = sum(one.encode("big5")[0] <= LAST_USUAL for one in characters)
    return usual >= 0.9 * len(characters)

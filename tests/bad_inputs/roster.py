"""Rosters."""

from __future__ import annotations

from pathlib import Path

from gateway.settings import roster_file
from gateway.settings.driver_names import hubs, transports
from gateway.settings.values import Surroundings
from gateway.words.mistakes import WORDS, in_words

KIND, PARSER = "a roster", "gateway/settings/roster_file.py"
HEAD = "address,driver,wearer,room,key,model\n"
GOOD = HEAD + "C0:FF:EE:00:00:01,bthome,W-1,3-201,,\n"
A = "C0:FF:EE:00:00:02"

_ROWS: dict[str, str] = {  # behind a good row
    "no address": ",bthome,W-2,1,,",
    "an address of letters": "hello,bthome,W-2,1,,",
    "an address too long": f"{A}:03,bthome,W-2,1,,",
    "an address of digits of elsewhere": "C0:FF:EE:00:00:0\u0662,bthome,W-2,1,,",
    "the first address again": "C0:FF:EE:00:00:01,bthome,W-2,1,,",
    "the first address, in small letters": "c0:ff:ee:00:00:01,bthome,W-2,1,,",
    "no driver": f"{A},,W-2,1,,",
    "a driver that is none": f"{A},no-such,W-2,1,,",
    "a driver with a letter too many": f"{A},bthomee,W-2,1,,",
    "no wearer": f"{A},bthome,,1,,",
    "a wearer of blanks": f"{A},bthome,   ,1,,",
    "a wearer of 1,000 letters": f"{A},bthome,{'W' * 1_000},1,,",
    "a wearer with a character that nobody sees": f"{A},bthome,W\u200b2,1,,",
    "a wearer that turns the order of writing": f"{A},bthome,W\u202e2,1,,",
    "a wearer with a control character": f"{A},bthome,W\x072,1,,",
    "a room of 1,000 letters": f"{A},bthome,W-2,{'1' * 1_000},,",
    "a room with a line end": f'{A},bthome,W-2,"1\n2",,',
    "a key of letters": f"{A},bthome,W-2,1,secret,",
    "a key too short": f"{A},bthome,W-2,1,abcd,",
    "a key one digit short": f"{A},bthome,W-2,1,{'ab' * 15}a,",
    "a key too long": f"{A},bthome,W-2,1,{'ab' * 40},",
    "a cell too many": f"{A},bthome,W-2,1,,,more",
    "a quote that does not end": f'{A},bthome,"W-2,1,,',
    "a quote in the midst": f'{A},bthome,"W"2,1,,',
}
_TABLES: dict[str, bytes] = {
    "nothing": b"",
    "blank lines": b"\n\n\r\n",
    "only comments": b"# a\n# b\n",
    "no header": f"{A},bthome,W-2,1,,\n".encode(),
    "a header without an address": b"driver,wearer,room\nbthome,W-2,1\n",
    "a header without a driver": b"address,wearer,room\nC0:FF:EE:00:00:02,W-2,1\n",
    "a header without a wearer": b"address,driver,room\nC0:FF:EE:00:00:02,bthome,1\n",
    "a column misspelt": b"adress,driver,wearer,room\n",
    "a column twice": b"address,driver,driver,wearer,room\n",
    "a column that is none": b"address,driver,wearer,room,colour\n",
    "UTF-16": GOOD.encode("utf-16"),
    "Big5": (HEAD + f"{A},bthome,王小明陳大文,三樓,,\n").encode("big5"),
    "no text": b"address,driver,wearer,room\n\xff\xff\xff\n",
    "a spreadsheet": b"PK\x03\x04" + bytes(range(256)) * 4,
    "zeros": bytes(1_000),
    "a web page": b"<html><body>502 Bad Gateway</body></html>\n",
    "the configuration": b'[gateway]\nid = "a"\n',
    "a field of 200,000 letters": (HEAD + f"{A},bthome,{'W' * 200_000},1,,\n").encode(),
    "one line of commas": b"," * 10_000,
    "quotes and nothing else": b'"' * 999,
}
INPUTS: dict[str, bytes] = {**_TABLES, **{name: (GOOD + row + "\n").encode() for name, row in _ROWS.items()}}


def said(planted: bytes, folder: Path) -> str:
    """Every mistake with its line, in both languages; the rows that are well are read."""
    around = Surroundings(folder, transports(), frozenset(), hubs())
    path = folder / "wristbands.csv"
    entries, mistakes = roster_file.entries_of(path, planted, around)
    bands, wrong = roster_file.enrol(entries, {})
    assert [*mistakes, *wrong]
    assert all(one.code in WORDS and one.line >= 1 for one in [*mistakes, *wrong])
    lines = [in_words(one, language) for one in [*mistakes, *wrong] for language in ("en", "zh-CN")]
    assert all("\n" not in line for line in lines), lines
    assert planted in _TABLES.values() or "C0:FF:EE:00:00:01" in bands
    return lines[0]

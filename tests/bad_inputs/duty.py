"""Lists of who is on duty, and of volunteers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gateway.duty.duty_list import CHINA
from gateway.settings import duty_files
from gateway.settings.driver_names import hubs, transports
from gateway.settings.values import Surroundings
from gateway.words.mistakes import WORDS, in_words

KIND, PARSER = "a duty list", "gateway/settings/duty_files.py"
PHONES = "name,phone,days,hours,test\nwang,13800000001,mon-fri,08:00-20:00,yes\n"
VOLUNTEERS = "name,phone,latitude,longitude,days,hours\nV-1,13800000011,30.53,120.68,,\n"


class Planted(NamedTuple):
    """A table of phones, or of volunteers."""

    volunteers: bool
    data: bytes


_PHONES = {
    "no name": ",13800000002,,,",
    "no phone": "li,,,,",
    "a phone of letters": "li,call me,,,",
    "a phone of two digits": "li,12,,,",
    "a phone of 40 digits": f"li,{'1' * 40},,,",
    "a phone with two plus signs": "li,++8613800000002,,,",
    "the first phone again": "li,138 0000 0001,,,",
    "the first name again": "WANG,13800000002,,,",
    "a day that is none": "li,13800000002,someday,,",
    "days backwards to nowhere": "li,13800000002,mon-,,",
    "hours that are none": "li,13800000002,,25:00-26:00,",
    "hours without an end": "li,13800000002,,08:00-,",
    "a test that is neither": "li,13800000002,,,perhaps",
    "a name that turns the order of writing": "l\u202ei,13800000002,,,",
    "a name of 1,000 letters": f"{'l' * 1_000},13800000002,,,",
    "a cell too many": "li,13800000002,,,yes,more",
    "a quote that does not end": '"li,13800000002,,,',
}
_VOLUNTEERS = {
    "a latitude of 91": "V-2,,91,120,,",
    "a longitude of -181": "V-2,,30,-181,,",
    "a latitude of letters": "V-2,,north,120,,",
    "a latitude that is no number": "V-2,,nan,120,,",
    "a latitude without end": "V-2,,inf,120,,",
    "no latitude": "V-2,,,120,,",
    "a decimal comma": 'V-2,,"30,5",120,,',
    "the first volunteer again": "V-1,,30,120,,",
    "the first volunteer's phone": "V-2,+86 13800000011,30,120,,",
}
_WHOLE = {
    "nothing": b"",
    "no header": b"wang,13800000001,,,\n",
    "a column misspelt": b"name,fone\nwang,13800000001\n",
    "a column twice": b"name,name,phone\na,b,13800000001\n",
    "UTF-16": PHONES.encode("utf-16"),
    "no text": b"name,phone\n\xff\xff\xff\n",
    "zeros": bytes(100),
    "a web page": b"<html></html>",
}
INPUTS: dict[str, Planted] = {
    **{f"phones: {name}": Planted(False, (PHONES + row + "\n").encode()) for name, row in _PHONES.items()},
    **{f"volunteers: {name}": Planted(True, (VOLUNTEERS + row + "\n").encode()) for name, row in _VOLUNTEERS.items()},
    **{f"phones: {name}": Planted(False, data) for name, data in _WHOLE.items()},
    **{f"volunteers: {name}": Planted(True, data) for name, data in _WHOLE.items()},
}


def said(planted: Planted, folder: Path) -> str:
    """Every mistake with its line, in both languages; the rows that are well are there."""
    around = Surroundings(folder, transports(), frozenset(), hubs())
    path = folder / "duty.csv"
    read = duty_files.volunteers if planted.volunteers else duty_files.duty_list
    people, mistakes = read(path, planted.data, CHINA, around)
    assert mistakes
    assert all(one.code in WORDS and one.line >= 1 for one in mistakes)
    lines = [in_words(one, language) for one in mistakes for language in ("en", "zh-CN")]
    assert all("\n" not in line for line in lines)
    assert planted.data in _WHOLE.values() or people.whose("13800000011" if planted.volunteers else "13800000001")
    return lines[0]

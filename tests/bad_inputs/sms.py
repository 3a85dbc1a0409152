"""What a modem hands on, and what it says."""

from __future__ import annotations

from pathlib import Path

from fake_devices.sms_network import deliver, status_report
from gateway.channels.sms import replies
from gateway.channels.sms.pdu import DeliverPdu, decode
from gateway.channels.sms.pdu_fields import PduRefused

KIND, PARSER = "an SMS", "gateway/channels/sms/pdu.py"
NUMBER, AT_MS = "+8613800138000", 1_795_000_000_000
GOOD = deliver(NUMBER, "1 A41", AT_MS)[0]
PART = deliver(NUMBER, "1 A41", AT_MS, (7, 2, 1))[0]
REPORT = status_report(7, NUMBER, AT_MS, 0)[0]


def _of(pdu: str, old: str, new: str) -> str:
    """The same with something else in one place."""
    assert pdu.count(old) == 1, old
    return pdu.replace(old, new)


def _text(said: str) -> str:
    return deliver(NUMBER, said, AT_MS)[0]


INPUTS: dict[str, str] = {
    "nothing": "",
    "words": "hello",
    "an odd digit": GOOD[:-1],
    "other digits": GOOD.replace("0", "\u0660"),
    "a line end in it": GOOD[:10] + "\n" + GOOD[10:],
    "blanks in it": GOOD[:10] + " " + GOOD[10:],
    "minus one": "-1" + GOOD[2:],
    "the service centre alone": GOOD[:18],
    "a service centre of 255 octets": "FF" + GOOD[2:],
    **{f"cut behind {octets} octets": GOOD[: 2 * octets] for octets in (1, 8, 9, 10, 12, 18, 20, 25, 28, 29, 31)},
    **{f"a report cut behind {octets} octets": REPORT[: 2 * octets] for octets in (9, 10, 12, 20, 26, 33)},
    "what we sent ourselves": GOOD[:18] + "11" + GOOD[20:],
    "a reserved kind": GOOD[:18] + "07" + GOOD[20:],
    "compressed": GOOD[:40] + "28" + GOOD[42:],
    "a header longer than the message": _of(PART, "0500030702", "FF00030702"),
    "a header's element past its end": _of(PART, "0500030702", "0500FF0702"),
    "a header of one octet too many": _of(PART, "0500030702", "0400030702"),
    "an address of 255 digits": GOOD[:20] + "FF" + GOOD[22:],
    "a text of an odd number of octets": GOOD[:56] + "09" + GOOD[58:-2],
    "no answer: a greeting": _text("hello"),
    "no answer: a 3": _text("3"),
    "no answer: 11": _text("11"),
    "no answer: both": _text("1 2"),
    "no answer: an alert alone": _text("A41"),
    "no answer: a number of 20 digits": _text("1 A" + "9" * 20),
    "no answer: minus": _text("-1"),
    "no answer: one and a half": _text("1.5"),
    "no answer: nothing": _text(""),
    "no answer: advertising": _text("您尾号1234的卡消费1元，回复1领取"),
    "no answer: 70 times a 1": _text("1" * 70),
    "no answer: characters that nobody sees": _text("\u202e1\u202c2"),
}


def said(planted: str, folder: Path) -> str:
    """It is refused with a reason, or is no answer; the next one is read."""
    good = decode(GOOD)
    assert isinstance(good, DeliverPdu)
    assert replies.read(good.text)
    try:
        heard = decode(planted)
    except PduRefused as why:
        return why.reason
    assert isinstance(heard, DeliverPdu), heard
    assert replies.read(heard.text) is None, heard.text
    return "no answer"

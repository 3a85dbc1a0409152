"""What a text becomes on the line, and what the line's octets say: by vectors, and by another implementation."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smspdudecoder.fields import SMSDeliver, SMSSubmit  # type: ignore[import-untyped]

from fake_devices.sms_network import deliver, read_submit
from gateway.channels.sms.errors import error_of
from gateway.channels.sms.gsm7 import SEPTETS, can_say, pack, to_septets, to_text, unpack
from gateway.channels.sms.pdu import DeliverPdu, StatusReportPdu, decode, outcome_of
from gateway.channels.sms.pdu_fields import PduRefused, encode_validity
from gateway.channels.sms.submit import Sending, encode, pieces

HERE = Path(__file__).parent / "pdu.toml"
SHARED = Path(__file__).parents[5] / "shared" / "protocols" / "vectors" / "sms-pdu.json"
PHONE = "+8613800138000"


def ours(kind: str) -> list[Any]:
    return [pytest.param(row, id=row.get("name", row.get("line"))) for row in tomllib.loads(HERE.read_text())[kind]]


def shared(op: str) -> list[Any]:
    """None where the vectors that other implementations are held to do not lie beside the checkout."""
    rows = json.loads(SHARED.read_text()) if SHARED.is_file() else []
    return [pytest.param(row, id=row["name"]) for row in rows if row["op"] == op]


def told(pdu: DeliverPdu | StatusReportPdu) -> Mapping[str, Any]:
    """As the vectors say it."""
    found: dict[str, Any] = {"smsc": pdu.service_centre}
    if isinstance(pdu, StatusReportPdu):
        times = {"submitted_at": pdu.submitted_at, "done_at": pdu.done_at}
        found |= {"type": "status_report", "mr": pdu.reference, "recipient": pdu.recipient}
        found |= {name: at.isoformat() for name, at in times.items() if at}
        return found | {"status": pdu.status, "outcome": pdu.outcome}
    found |= {"type": "deliver", "sender": pdu.sender, "encoding": pdu.encoding}
    found |= {"data": pdu.data.hex()} if pdu.encoding == "8bit" else {"text": pdu.text}
    found |= {"at": pdu.at.isoformat()} if pdu.at else {}
    found |= {"class": pdu.message_class} if pdu.message_class is not None else {}
    if pdu.concatenation:
        found["concat"] = dict(zip(("ref", "total", "part"), pdu.concatenation, strict=True))
    return found


def parts(pdus: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    return [(pdu["hex"], pdu["length"]) for pdu in pdus]


@pytest.mark.parametrize("row", ours("encode"))
def test_a_text_becomes_these_pdus(row: Mapping[str, Any]) -> None:
    sending = Sending(row.get("validity_min"), row["report"], row.get("service_centre", ""), row.get("message_class"))

    assert encode(row["number"], row["text"], sending, row.get("reference", 0)) == parts(row["pdus"])


@pytest.mark.parametrize("row", ours("decode"))
def test_a_pdu_says_this(row: Mapping[str, Any]) -> None:
    if "refused" not in row:
        assert told(decode(row["hex"])) == row["expect"]
        return
    with pytest.raises(PduRefused) as refused:
        decode(row["hex"])
    assert refused.value.reason == row["refused"]


@pytest.mark.parametrize("row", ours("answer"))
def test_an_error_line_means_this(row: Mapping[str, Any]) -> None:
    error = error_of(row["line"])

    assert error is not None
    assert error.kind == row["class"]


@pytest.mark.parametrize("row", shared("encode"))
def test_a_shared_text(row: Mapping[str, Any]) -> None:
    options = row["options"]
    sending = Sending(options.get("validity_minutes"), options["status_report"], options.get("smsc", ""), options.get("class"))

    assert encode(row["number"], row["text"], sending, options.get("ref", 0)) == parts(row["pdus"])


@pytest.mark.parametrize("row", shared("decode"))
def test_a_shared_pdu(row: Mapping[str, Any]) -> None:
    if "reject" not in row:
        assert told(decode(row["hex"])) == row["expect"]
        return
    with pytest.raises(PduRefused, match=row["reject"]):
        decode(row["hex"])


@pytest.mark.parametrize("row", shared("answer"))
def test_a_shared_error_line(row: Mapping[str, Any]) -> None:
    error = error_of(row["line"])

    assert error is not None
    assert error.kind == row["class"]


# --- what another implementation reads ---

TEXTS = st.text(st.one_of(st.sampled_from(sorted(SEPTETS)), st.characters(exclude_categories=["Cs"])), max_size=400)
GSM_TEXTS = st.text(st.sampled_from(sorted(SEPTETS)), max_size=700)
NUMBERS = st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True)


@given(text=st.one_of(TEXTS, GSM_TEXTS), number=NUMBERS, reference=st.integers(0, 255), minutes=st.integers(5, 60 * 24 * 400))
def test_smspdudecoder_reads_what_we_encode(text: str, number: str, reference: int, minutes: int) -> None:
    pdus = encode(number, text, Sending(minutes), reference)

    read = [SMSSubmit.decode(StringIO(pdu.hex)) for pdu in pdus]
    for pdu, one, piece in zip(pdus, read, pieces(text), strict=True):
        assert one["user_data"]["data"] == piece or smspdudecoder_is_wrong(piece, reference, len(pdus), pdus.index(pdu) + 1)
    assert {one["recipient"]["number"] for one in read} == {number.removeprefix("+")}
    assert all(len(pdu.hex) // 2 - 1 == pdu.length <= 164 for pdu in pdus)
    headers = [one["user_data"]["header"] for one in read]
    if len(pdus) == 1:
        assert headers == [None]
    else:
        numbers = [header["elements"][0]["data"] for header in headers]
        assert [(one["reference"], one["parts_count"], one["part_number"]) for one in numbers] == [
            (reference, len(pdus), part) for part in range(1, len(pdus) + 1)
        ]


def smspdudecoder_is_wrong(piece: str, reference: int, total: int, part: int) -> bool:
    """Two things of its version 2.2, both of GSM-7 and both against 23.040, 9.2.3.16: the length counts septets.

    It cuts by characters, where those of the extension table are two septets: then an `@` of the seven free bits stays.
    And it reads the header as text to skip it: an octet there that looks like an escape swallows the character behind it.
    """
    if not can_say(piece):
        return False
    septets = len(to_septets(piece)) + 7 * (total > 1)
    free_bits = septets % 8 == 7 and len(to_septets(piece)) > len(piece)
    escape_in_header = total > 1 and 0x1B in unpack(bytes([5, 0, 3, reference, total, part]), 7)
    return free_bits or escape_in_header


@given(text=st.one_of(TEXTS, GSM_TEXTS), number=NUMBERS)
def test_the_fake_network_reads_the_same_as_the_recipient(text: str, number: str) -> None:
    read = [read_submit(pdu.hex) for pdu in encode(number, text)]

    assert "".join(one.text for one in read) == text
    assert {(one.number, one.validity, one.report) for one in read} == {(number, 0x0B, True)}


@given(text=st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF), max_size=60), number=NUMBERS)
def test_what_the_network_delivers_reads_the_same_for_us_and_for_smspdudecoder(text: str, number: str) -> None:
    pdu, _ = deliver(number, text, 1_795_000_000_000)

    ours_, theirs = decode(pdu), SMSDeliver.decode(StringIO(pdu))
    assert isinstance(ours_, DeliverPdu)
    assert ours_.text == theirs["user_data"]["data"] == text
    assert ours_.sender == number
    assert ours_.at == theirs["scts"]


# --- borders ---


@given(septets=st.binary(max_size=200).map(lambda octets: bytes(octet & 0x7F for octet in octets)), fill=st.integers(0, 6))
def test_what_is_packed_is_unpacked(septets: bytes, fill: int) -> None:
    assert unpack(pack(septets, fill), len(septets), fill) == septets


def test_every_character_of_the_alphabet_survives() -> None:
    assert to_text(to_septets("".join(SEPTETS))) == "".join(SEPTETS)


@pytest.mark.parametrize("character", ["°", "`", "ç", "救", "！", "😀"])
def test_what_the_alphabet_lacks_makes_it_ucs2(character: str) -> None:
    assert not can_say(character)
    assert [len(piece) for piece in pieces(character + "a" * 69)] in ([70], [66, 4])


@pytest.mark.parametrize(
    ("minutes", "octet"),
    [
        (1, 0),
        (5, 0),
        (6, 1),
        (60, 0x0B),
        (720, 143),
        (721, 144),
        (1440, 167),
        (1441, 168),
        (2880, 168),
        (43_200, 196),
        (43_201, 197),
        (50_400, 197),
        (635_040, 255),
        (10_000_000, 255),
    ],
)
def test_validity_is_rounded_up_to_what_can_be_said(minutes: int, octet: int) -> None:
    assert encode_validity(minutes) == octet


@pytest.mark.parametrize("number", ["", "+", "call me", "+86 138", "1" * 21, "١٢٣"])
def test_what_is_no_number_is_not_sent(number: str) -> None:
    with pytest.raises(ValueError, match="number"):
        encode(number, "x")


def test_a_text_that_no_reference_can_number_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        encode(PHONE, "救" * (67 * 255 + 1))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (0x00, "delivered"),
        (0x1F, "delivered"),
        (0x20, "pending"),
        (0x3F, "pending"),
        (0x40, "failed"),
        (0x5F, "failed"),
        (0x60, "expired"),
        (0x7F, "expired"),
        (0x80, "unknown"),
        (0xFF, "unknown"),
    ],
)
def test_a_status_in_a_word(status: int, outcome: str) -> None:
    assert outcome_of(status) == outcome


def test_a_recipient_with_half_octets_above_nine_is_read() -> None:  # seen of ZTE
    pdu = decode("0006360C916831081083BA6211321132502362113211329023" + "00")

    assert isinstance(pdu, StatusReportPdu)
    assert (pdu.recipient, pdu.outcome) == ("+8613800138*#", "delivered")


def test_impossible_times_are_no_time_and_the_rest_counts() -> None:
    pdu = decode("0891683108501705F006360D91683108108300F0AAAAAAAAAAAAAAFFFFFFFFFFFFFF00")

    assert isinstance(pdu, StatusReportPdu)
    assert (pdu.submitted_at, pdu.done_at, pdu.outcome) == (None, None, "delivered")


def test_user_data_longer_than_its_length_counts_as_long_as_it_says() -> None:
    pdu = decode("0891683108501705F0040D91683108108300F0000862113211325023" + "02597D" + "4E00" * 3)

    assert isinstance(pdu, DeliverPdu)
    assert pdu.text == "好"


def reason(line: str) -> str:
    """Why it is refused; "": it is not."""
    try:
        decode(line)
    except PduRefused as refused:
        return refused.reason
    return ""


@given(octets=st.binary(max_size=200))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    assert reason(octets.hex()) in ("", "length", "unsupported")


@given(line=st.text(max_size=100))
def test_any_line_is_read_or_refused(line: str) -> None:
    assert reason(line) in ("", "length", "unsupported", "not_mine")

"""Targets: what a modem says, the messages that it hands on, and what people answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from fake_devices.modem_brain import ModemBrain
from fake_devices.modem_habits import ModemHabits
from fake_devices.sms_network import deliver, read_submit, status_report
from gateway.channels.sms import replies
from gateway.channels.sms.dialogue import Dialogue
from gateway.channels.sms.gsm7 import can_say, pack, to_septets, to_text, unpack
from gateway.channels.sms.job import SendJob
from gateway.channels.sms.lines import LineReader
from gateway.channels.sms.pdu import DeliverPdu, decode
from gateway.channels.sms.pdu_fields import PduRefused
from gateway.channels.sms.pin import Pin
from gateway.channels.sms.sms import Unsent
from gateway.channels.sms.submit import Sending, encode
from gateway.channels.sms.unsolicited import MEANINGS, news_of
from tests.fuzzing.target import Script, Target, piece
from tests.gateway.channels.sms.hostile_modem import LINES, MOST_ITEMS
from tests.gateway.channels.sms.kept_pin import KeptPin
from tests.gateway.channels.sms.virtual_line import wall_ms

REASONS = ("not_mine", "length", "unsupported")
NUMBER = "+8613800138000"
AT_MS = 1_795_000_000_000
PAUSES_S = (0.0, 0.02, 0.3, 1.0, 6.0, 61.0, 130.0, 700.0)


def targets() -> list[Target]:
    """Five."""
    return [
        Target(name="sms-pdu", take=_pdu, seeds=_pdus, longest=400),
        Target(name="sms-text", take=_text, seeds=_texts, longest=600, may_take=(2_000_000, 8_000)),
        Target(name="sms-answer", take=_answer, seeds=_answers, longest=300),
        Target(name="modem-lines", take=_lines, seeds=_said, words=LINES, longest=2_500),
        Target(name="modem", take=_modem, seeds=_talks, words=LINES, longest=1_500, may_take=(5_000_000, 20_000)),
    ]


# --- PDUs -------------------------------------------------------------------------------------------------------------------


def _pdu(data: bytes) -> None:
    """It is understood or refused; a part belongs to its message, and no text is longer than a message can be."""
    for text in (data.hex(), data.decode("latin-1")):
        try:
            said = decode(text)
        except PduRefused as why:
            reason: str = why.reason
            assert reason in REASONS
            continue
        if isinstance(said, DeliverPdu):
            assert len(said.text) <= 255
            assert said.concatenation is None or 1 <= said.concatenation.part <= said.concatenation.total
            if said.at is not None:
                said.at.timestamp()
            replies.read(said.text)
        else:
            assert said.outcome in ("delivered", "pending", "failed", "expired", "unknown")


def _pdus() -> Sequence[bytes]:
    reports = [status_report(7, NUMBER, AT_MS, status)[0] for status in (0, 0x20, 0x41, 0x61, 0x80)]
    messages = [deliver(NUMBER, "1 A41", AT_MS)[0], deliver("10086", "二", AT_MS, (7, 2, 1))[0]]
    named = "07915892000000F001000B915892214365F7000021493A283D0795C3F33C88FE06CDCB6E32885EC6D341EDF27C1E3E97E72E"
    return [bytes.fromhex(pdu) for pdu in (*reports, *messages, named, "0004") if len(pdu) % 2 == 0]


def _text(data: bytes) -> None:
    """What is written as PDUs is read by the network as it was meant, and by us as it was sent."""
    script = Script(data)
    number, validity = (
        "+" * (script.octet() % 2) + "".join(str(octet % 10) for octet in script.take(1 + script.octet() % 20)),
        script.octet(),
    )
    text = script.rest().decode("utf-8", "replace")
    if number in ("", "+"):
        return
    sending = Sending(validity_min=validity or None, message_class=None)
    parts = [read_submit(pdu.hex) for pdu in encode(number, text, sending, reference=7)]
    assert "".join(part.text for part in parts) == text
    assert all(part.number == number for part in parts)
    assert [part.header for part in parts] == [(7, len(parts), at) for at in range(1, len(parts) + 1)] or parts[
        0
    ].header is None
    short = text[:60]
    heard = decode(deliver(NUMBER, short, AT_MS)[0])
    assert isinstance(heard, DeliverPdu)
    assert (heard.text, heard.sender) == (short, NUMBER)
    if can_say(text):
        septets = to_septets(text)
        assert to_text(unpack(pack(septets, 1), len(septets), 1)) == text


def _texts() -> Sequence[bytes]:
    head = bytes((1, 12)) + bytes(range(13)) + bytes((60,))
    said = ("1", "€[]{}" * 40, "a" * 161, "求救" * 40, "🆘" * 40, "\n\f\r", "é" * 153)
    return [head + text.encode() for text in said]


def _answer(data: bytes) -> None:
    """What is no answer is none; what is one means one thing, whatever a telephone makes of its characters."""
    text = data.decode("utf-8", "replace")
    answer = replies.read(text)
    if answer is None:
        return
    assert answer.meaning in ("going", "cannot")
    assert answer.number is None or 0 <= answer.number < 10**15
    plain = unicodedata.normalize("NFKC", text)
    assert any(unicodedata.digit(character, -1) in (1, 2) for character in plain)
    assert replies.read(plain) in (answer, None)


def _answers() -> Sequence[bytes]:
    return [text.encode() for text in ("1", "2", "1 A41", "１，＃４１", "1️⃣", "2。", "1.!", "yes", " 2 a 0007 ", "①")]


# --- lines ------------------------------------------------------------------------------------------------------------------


def _lines(data: bytes) -> None:
    """Lines are the same in whatever pieces they come; none is kept without end."""
    script = Script(data)
    size, command = 1 + script.octet() % 50, ("AT+CMGL=4", "AT+CMGS=31", "AT+CREG?", "")[script.octet() % 4]
    said = script.rest()
    whole, torn = LineReader(), LineReader()
    for reader in (whole, torn):
        reader.sent(command)  # no prompt: that has no end, and is one only where it is alone
    at_once = list(whole.feed(said))
    in_pieces = [line for at in range(0, len(said), size) for line in torn.feed(said[at : at + size])]
    assert in_pieces == at_once
    assert whole.strange == torn.strange
    for line in at_once:
        assert line.text.isprintable()
        assert news_of(line.text) is None or news_of(line.text) in {news for _, news in MEANINGS}


def _said() -> Sequence[bytes]:
    pdu = deliver(NUMBER, "1 A41", AT_MS)[0]
    return [bytes((7, at % 4)) + f"\r\n{line}\r\n{pdu}\r\nOK\r\n".encode() for at, line in enumerate(LINES)]


# --- the whole dialogue -----------------------------------------------------------------------------------------------------


def _modem(data: bytes) -> None:
    """A modem that works until the script has it say something else: nothing is raised, turns without end, or grows."""
    script, now_s = Script(data), 0.0
    dialogue, good = Dialogue(Pin("1234", KeptPin())), ModemBrain(ModemHabits(echo_stays=True), wall_ms)
    dialogue.opened(0)
    parts = tuple((pdu.hex, pdu.length) for pdu in encode(NUMBER, "求" * (8 + script.octet() % 130)))
    job = SendJob(Unsent(parts=parts))
    dialogue.submit(job)
    for turn in range(400):
        now_s += PAUSES_S[script.octet() % len(PAUSES_S)] if not script.over else 0.3
        dialogue.feed(now_s, good.due(now_s) + (script.piece() if turn > 1 else b""))
        assert dialogue.advance(now_s) > now_s, "it would turn without end"
        written = dialogue.output()
        assert len(written) < 4096
        good.hear(now_s, written)
        receiving = dialogue.receiving
        if receiving.arrived:
            receiving.taken(receiving.arrived.popleft())
        _bounded(dialogue)
        if script.over and turn > 60:
            break


def _bounded(dialogue: Dialogue) -> None:
    for owner in (dialogue, dialogue.exchange, dialogue.exchange.reader, dialogue.receiving):
        for name, value in vars(owner).items():
            assert not hasattr(value, "__len__") or len(value) <= MOST_ITEMS, name


def _talks() -> Sequence[bytes]:
    pdu = deliver(NUMBER, "1 A41", AT_MS)[0]
    turns = [b"\2" + piece(f"\r\n{line}\r\n".encode()) for line in LINES]
    silent = b"\2\2" + b"\2\0" * 12
    handed_on = b"\2" + piece(f"\r\n+CMT: ,23\r\n{pdu}\r\n".encode())
    return [b"\0" + silent + handed_on, *(b"\0" + silent + b"".join(turns[at : at + 4]) for at in range(0, len(turns), 4))]

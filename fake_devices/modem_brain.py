"""A modem as its serial line shows it: takes AT commands, sends and receives SMS, and has the habits of real ones. Pure.

`hear` it bytes, take what is `due` at a time; `next_s` says when something will be. So it runs in virtual time too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fake_devices.modem_habits import ModemHabits, Where
from fake_devices.modem_mouth import ModemMouth
from fake_devices.modem_sim import ModemSim
from fake_devices.modem_store import Lines, ModemStore, tpdu_length
from fake_devices.sms_network import deliver, read_submit, status_report

CR, ESCAPE, END = 0x0D, 0x1B, 0x1A
REPORT_MODES = {"direct": "1", "stored": "2", "none": "0"}


@dataclass(frozen=True)
class SentPart:
    """What the network got."""

    at_s: float
    number: str
    text: str
    reference: int
    validity: int | None
    header: tuple[int, int, int] | None


class ModemBrain:
    """`wall_ms(now_s)` stamps what the network says."""

    def __init__(self, habits: ModemHabits, wall_ms: Callable[[float], int], *, reference: int = 0) -> None:
        self.habits = habits
        self.parts: list[SentPart] = []
        self.commands: list[str] = []
        self.memory = ModemStore(habits)
        self.resets = 0
        self.without_prompt = 0  # messages that came when it waited for none
        self.unplugs = False  # a reset is under way in which its port is gone
        self._wall_ms = wall_ms
        self._next_reference = reference
        self._mouth = ModemMouth(habits)
        self._makers_s = 0.0
        self._wake_up()

    def _wake_up(self) -> None:
        """Every setting is volatile."""
        self._echo = True
        self._typed = bytearray()
        self._edits: int | None = None  # octets of the PDU that it waits for
        self._hung = self._off = self._pdu_mode = False
        self._report_mode = "0"
        self._works_s = 0.0
        self._sim = ModemSim(self.habits)

    @property
    def store(self) -> dict[int, str]:
        """The messages that it keeps."""
        return self.memory.messages

    # --- the line ---

    def hear(self, now_s: float, data: bytes) -> None:
        """What the host wrote."""
        self._mouth.now_s = now_s
        for byte in data:
            self._hear(byte)

    def due(self, now_s: float) -> bytes:
        """What it says up to now."""
        said = self._mouth.due(now_s)
        if self.habits.makers_lines and not (self._hung or self._off) and now_s >= self._makers_s:
            self._makers_s = now_s + self.habits.makers_every_s
            said += b"".join(self._mouth.line(line) for line in self.habits.makers_lines)
        return said

    @property
    def next_s(self) -> float | None:
        """When it says or does something by itself."""
        times = [self._makers_s] * bool(self.habits.makers_lines and not (self._hung or self._off))
        return min([time_s for time_s in (self._mouth.next_s,) if time_s is not None] + times, default=None)

    def unasked(self, line: str) -> None:
        """It says this by itself, now."""
        self._mouth.at(self._mouth.now_s, self._mouth.line(line))

    def _hear(self, byte: int) -> None:
        if self._off:
            return
        if self._echo and not self._hung:
            self._mouth.say(bytes([byte]))
        if self._edits is not None:
            self._edit(byte)
        elif byte == CR:
            command, self._typed = self._typed.decode("ascii", "replace").strip(), bytearray()
            self._command(command)
        elif byte == END:
            self.without_prompt += 1
        elif byte not in (ESCAPE, 0x0A):
            self._typed.append(byte)
            if self._echo and self._typed == b"AT+CMG":
                self._around("inside echo")

    # --- power ---

    def power_cycle(self, now_s: float) -> None:
        """It was without power until now."""
        self._mouth.now_s = now_s
        self._power_up(0)
        self.unplugs = False

    def hang(self) -> None:
        """Nothing any more, but for AT+CFUN=1,1."""
        self._hung = True
        self._mouth.shut()

    def leave_in_edit_mode(self) -> None:
        """As a host leaves it that was killed behind the prompt."""
        self._edits = 0
        self._typed.clear()

    def _restart(self) -> None:
        self.resets += 1
        hung = self._hung
        self._power_up(self.habits.boot_s)
        if not hung:
            self.unasked("OK")

    def _power_up(self, after_s: float) -> None:
        """It is off, and then it is there again, and knows nothing."""
        self._mouth.shut()
        self._wake_up()
        self._off = True
        self.unplugs = self.habits.unplugged_by_reset
        self._mouth.at(self._mouth.now_s + after_s, self._boot)

    def _boot(self) -> None:
        now_s = self._mouth.now_s
        self._off = self.unplugs = False
        self._works_s = now_s + self.habits.messages_work_s
        for line in self.habits.boot_lines:
            late = line.upper().startswith(("SMS", "+QIND: SMS"))
            self._mouth.at(self._works_s if late else now_s, self._mouth.line(line))

    # --- commands ---

    def _command(self, typed: str) -> None:
        found = re.search(r"AT.*", typed.upper())
        if not found:
            return
        self.commands.append(found[0])
        if found[0] == "AT+CFUN=1,1":
            self._restart()
        elif not self._hung:
            self._answer(found[0])

    def _answer(self, command: str) -> None:
        if found := re.fullmatch(r"AT\+CMGS=(\d+)", command):
            self._begin_message(int(found[1]))
            return
        for pattern, answer in ANSWERS:
            if found := re.fullmatch(pattern, command):
                self._mouth.lines(*answer(self, found))
                break
        else:
            self._mouth.lines("ERROR")
        for line in self.memory.room():
            self.unasked(line)

    def _set_pdu_mode(self, _: re.Match[str]) -> Lines:
        if self._mouth.now_s < self._works_s:
            return ("ERROR",)
        self._pdu_mode = True
        return ("OK",)

    def _set_report_mode(self, found: re.Match[str]) -> Lines:
        if found[1] not in ("0", REPORT_MODES[self.habits.reports]):
            return ("ERROR",)
        self._report_mode = found[1]
        return ("OK",)

    def _radio_on(self, _: re.Match[str]) -> Lines:
        self.habits.radio = 1
        return ("OK",)

    def _no_echo(self, _: re.Match[str]) -> Lines:
        self._echo = self.habits.echo_stays
        return ("OK",)

    # --- receiving ---

    def phone_sends(self, number: str, text: str, header: tuple[int, int, int] | None = None) -> None:
        """Somebody sends an SMS to this SIM."""
        pdu, length = deliver(number, text, self._wall_ms(self._mouth.now_s), header)
        self.unasked(self.memory.keep(pdu, report=False) if self.habits.stores_messages else f"+CMT: ,{length}\r\n{pdu}")

    def report(self, reference: int, number: str, status: int) -> None:
        """The service centre says what became of a part."""
        pdu, length = status_report(reference, number, self._wall_ms(self._mouth.now_s), status)
        if self._report_mode == "1":
            self.unasked(f"+CDS: {length}\r\n{pdu}")
        elif self._report_mode == "2":
            self.unasked(self.memory.keep(pdu, report=True))

    # --- sending ---

    def _begin_message(self, length: int) -> None:
        if self.habits.refuses_before_prompt:
            self._mouth.lines(self.habits.refuses_before_prompt.popleft())
        elif self.habits.no_prompt:
            self.habits.no_prompt -= 1
        else:
            self._around("before prompt")
            self._edits = length
            self._typed.clear()
            self._mouth.say(b"\r\n" + self.habits.prompt, self.habits.prompt_s)

    def _around(self, where: Where) -> None:
        self._mouth.lines(*(line for place, line in self.habits.unasked if place == where))

    def _edit(self, byte: int) -> None:
        if byte not in (ESCAPE, END):
            self._typed.append(byte)
            return
        text, length, self._typed, self._edits = self._typed.decode("ascii", "replace"), self._edits, bytearray(), None
        if byte == ESCAPE:
            self._mouth.lines("OK")
        elif not self._pdu_mode or not re.fullmatch(r"(?:[0-9A-F]{2})+", text) or tpdu_length(text) != length:
            self._mouth.lines("+CMS ERROR: 304")
        else:
            self._submit(text)

    def _submit(self, pdu: str) -> None:
        if self.habits.hangs_after_pdu:
            self.habits.hangs_after_pdu -= 1
            self.hang()
        elif self.habits.resets_in_burst:
            self.habits.resets_in_burst -= 1
            if self.habits.reset_sends:
                self._went_out(pdu)
            self._power_up(0.7)
        elif self.habits.refuses and (refused := self.habits.refuses.popleft()):
            self._mouth.lines(refused, after_s=self.habits.accepts_s)
        else:
            self._mouth.at(self._mouth.now_s + self.habits.accepts_s, lambda: self._accept(pdu))

    def _accept(self, pdu: str) -> None:
        reference = self._went_out(pdu)
        if reference is None:
            self._mouth.lines("+CMS ERROR: 304")
            return
        self._around("before reference")
        answers = ["OK", f"+CMGS: {reference}"] if self.habits.ok_first else [f"+CMGS: {reference}"]
        self._mouth.lines(*answers)
        self._around("before OK")
        if not self.habits.ok_first:
            self._mouth.lines("OK", after_s=0.01)

    def _went_out(self, pdu: str) -> int | None:
        try:
            said = read_submit(pdu)
        except ValueError:
            return None
        reference, self._next_reference = self._next_reference, (self._next_reference + 1) % 256
        self.parts.append(SentPart(self._mouth.now_s, said.number, said.text, reference, said.validity, said.header))
        if said.report:
            self._promise_reports(reference, said.number)
        return reference

    def _promise_reports(self, reference: int, number: str) -> None:
        for at, status in enumerate(self.habits.report_statuses, 1):
            if self.habits.report_before_reference and at == 1:
                self.report(reference, number, status)
            else:
                self._mouth.at(self._mouth.now_s + at * self.habits.report_s, _later(self.report, reference, number, status))


def _later(report: Callable[[int, str, int], None], reference: int, number: str, status: int) -> Callable[[], None]:
    return lambda: report(reference, number, status)


def _ok(_: ModemBrain, __: re.Match[str]) -> Lines:
    return ("OK",)


ANSWERS: tuple[tuple[str, Callable[[ModemBrain, re.Match[str]], Lines]], ...] = (
    (r"AT|AT\+CMEE=\d|AT\^CURC=0|AT\+CNMA", _ok),
    (r"AT\+CFUN=1", ModemBrain._radio_on),
    (r"AT\+CSMS=0", lambda brain, _: ("ERROR",) if brain.habits.stays_in_phase_2_plus else ("OK",)),
    (r"ATE0", ModemBrain._no_echo),
    (r"AT\+CFUN\?", lambda brain, _: (f"+CFUN: {brain.habits.radio}", "OK")),
    (r"AT\+CPIN\?", lambda brain, found: brain._sim.state(found)),
    (r'AT\+CPIN="?(\d+)"?', lambda brain, found: brain._sim.enter(found)),
    (r"AT\+CREG\?", lambda brain, _: (f"+CREG: 0,{brain.habits.circuit}", "OK")),
    (r"AT\+CEREG\?", lambda brain, _: (f"+CEREG: 0,{brain.habits.packet}", "OK")),
    (r"AT\+CSQ", lambda brain, _: (f"+CSQ: {brain.habits.signal},99", "OK")),
    (r"AT\+CSCA\?", lambda brain, _: (f'+CSCA: "{brain.habits.service_centre}",145', "OK")),
    (r"AT\+CMGF=0", ModemBrain._set_pdu_mode),
    (r'AT\+CPMS="(\w+)".*', lambda brain, found: brain.memory.select(found)),
    (r"AT\+CNMI=2,1,0,([012]),0", ModemBrain._set_report_mode),
    (r"AT\+CSMS\?", lambda brain, _: (f"+CSMS: {int(brain.habits.phase_2_plus)},1,1,1", "OK")),
    (r"AT\+CMGL=4", lambda brain, found: brain.memory.list_all(found)),
    (r"AT\+CMGR=(\d+)", lambda brain, found: brain.memory.read(found)),
    (r"AT\+CMGD=(\d+)(,4)?", lambda brain, found: brain.memory.delete(found)),
)

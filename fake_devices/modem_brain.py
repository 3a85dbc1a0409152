"""A modem as its serial line shows it: takes AT commands, sends and receives SMS, and has the habits of real ones. Pure.

`hear` it bytes, take what is `due` at a time; `next_s` says when something will be. So it runs in virtual time too.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from fake_devices.modem_habits import ModemHabits, Where
from fake_devices.sms_network import deliver, read_submit, status_report

CR, ESCAPE, END = 0x0D, 0x1B, 0x1A


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
        self.store: dict[int, str] = {}
        self.resets = 0
        self.unplugs = False  # what the reset asked for; taken by whoever has the port
        self._wall_ms = wall_ms
        self._next_reference = reference
        self._due: list[tuple[float, int, bytes | Callable[[], None]]] = []
        self._order = itertools.count()
        self._now_s = self._free_s = 0.0
        self._makers_s = 0.0
        self._waiting: list[str] = []  # in the network, for room in the store
        self._wake_up()

    def _wake_up(self) -> None:
        """Every setting is volatile."""
        self._echo = True
        self._typed = bytearray()
        self._edits: int | None = None  # octets of the PDU that it waits for
        self._hung = self._off = False
        self._open = not self.habits.pin
        self._direct_reports = self._stored_reports = False
        self._pdu_mode = False
        self._works_s = 0.0

    # --- the line ---

    def hear(self, now_s: float, data: bytes) -> None:
        """What the host wrote."""
        self._now_s = now_s
        for byte in data:
            self._hear(byte)

    def due(self, now_s: float) -> bytes:
        """What it says up to now."""
        said = b""
        while self._due and self._due[0][0] <= now_s:
            self._now_s, _, deed = heapq.heappop(self._due)
            if isinstance(deed, bytes):
                said += deed
            else:
                deed()
        self._now_s = now_s
        if self.habits.makers_lines and not (self._hung or self._off) and now_s >= self._makers_s:
            self._makers_s = now_s + self.habits.makers_every_s
            said += b"".join(self._line(line) for line in self.habits.makers_lines)
        return said

    @property
    def next_s(self) -> float | None:
        """When it says or does something by itself."""
        times = [self._due[0][0]] if self._due else []
        return min(times + [self._makers_s] * bool(self.habits.makers_lines), default=None)

    def unasked(self, line: str, after_s: float = 0) -> None:
        """It says this by itself."""
        self._at(self._now_s + after_s, self._line(line))

    def leave_in_edit_mode(self) -> None:
        """As a host leaves it that was killed behind the prompt."""
        self._edits = 0
        self._typed.clear()

    def hang(self) -> None:
        """Nothing any more, but for AT+CFUN=1,1."""
        self._hung = True
        self._due.clear()

    def power_cycle(self, now_s: float) -> None:
        """It was without power until now."""
        self._now_s = now_s
        self._power_up(0)
        self.unplugs = False

    def _hear(self, byte: int) -> None:
        if self._off:
            return
        if self._echo and not self._hung:
            self._say(bytes([byte]))
        if self._edits is not None:
            self._edit(byte)
        elif byte == CR:
            command, self._typed = self._typed.decode("ascii", "replace").strip(), bytearray()
            self._command(command)
        elif byte not in (ESCAPE, END, 0x0A):
            self._typed.append(byte)
            if self._echo and self._typed == b"AT+CMG":
                self._around("inside echo")

    def _say(self, data: bytes, after_s: float = 0) -> None:
        """In order: nothing overtakes what was said before."""
        at_s = self._free_s = max(self._free_s, self._now_s + after_s)
        if not self.habits.a_byte_s:
            self._at(at_s, data)
            return
        for byte in data:
            self._at(self._free_s, bytes([byte]))
            self._free_s += self.habits.a_byte_s

    def _at(self, at_s: float, deed: bytes | Callable[[], None]) -> None:
        heapq.heappush(self._due, (at_s, next(self._order), deed))

    def _line(self, line: str) -> bytes:
        return b"\r\n" + line.encode() + self.habits.line_end

    def _lines(self, *lines: str, after_s: float = 0) -> None:
        for line in lines:
            self._say(self._line(line), after_s)

    # --- commands ---

    def _command(self, command: str) -> None:
        command = re.sub(r"^.*?(?=AT)", "", command, flags=re.IGNORECASE).upper() if "AT" in command.upper() else ""
        if not command:
            return
        self.commands.append(command)
        if command == "AT+CFUN=1,1":
            self._restart()
        elif not self._hung:
            self._answer(command)

    def _answer(self, command: str) -> None:
        if found := re.fullmatch(r"AT\+CMGS=(\d+)", command):
            self._begin_message(int(found[1]))
            return
        for pattern, answer in ANSWERS:
            if found := re.fullmatch(pattern, command):
                self._lines(*answer(self, found))
                return
        self._lines("ERROR")

    def _restart(self) -> None:
        self.resets += 1
        if not self._hung:
            self._lines("OK")
        self._power_up(self.habits.boot_s)

    def _power_up(self, after_s: float) -> None:
        """It is off, and then it is there again, and knows nothing."""
        self._due = [one for one in self._due if one[0] <= self._now_s]
        self._free_s = self._now_s
        self._wake_up()
        self._off = True
        self.unplugs = self.habits.unplugged_by_reset
        self._at(self._now_s + after_s, self._boot)

    def _boot(self) -> None:
        self._off = self.unplugs = False
        self._works_s = self._now_s + self.habits.messages_work_s
        for line in self.habits.boot_lines:
            late = line.upper().startswith(("SMS", "+QIND: SMS"))
            self._at(self._works_s if late else self._now_s, self._line(line))

    def _sim(self, _: re.Match[str]) -> tuple[str, ...]:
        if self.habits.sim != "in":
            return ("+CME ERROR: 10" if self.habits.sim == "missing" else "+CME ERROR: 13",)
        if self.habits.sim_busy:
            self.habits.sim_busy -= 1
            return ("+CME ERROR: 515",)
        word = "READY" if self._open else "SIM PIN" if self.habits.pin_tries else "SIM PUK"
        return f"+CPIN: {word}", "OK"

    def _pin(self, found: re.Match[str]) -> tuple[str, ...]:
        if self._open or not self.habits.pin_tries:
            return ("+CME ERROR: 3",)
        if found[1] == self.habits.pin:
            self._open, self.habits.pin_tries = True, 3
            return ("OK",)
        self.habits.pin_tries -= 1
        return ("+CME ERROR: 16",)

    def _mode(self, _: re.Match[str]) -> tuple[str, ...]:
        if self._now_s < self._works_s:
            return ("ERROR",)
        self._pdu_mode = True
        return ("OK",)

    def _report_mode(self, found: re.Match[str]) -> tuple[str, ...]:
        possible = {"0", {"direct": "1", "stored": "2", "none": "0"}[self.habits.reports]}
        if found[1] not in possible:
            return ("ERROR",)
        self._direct_reports, self._stored_reports = found[1] == "1", found[1] == "2"
        return ("OK",)

    def _no_echo(self, _: re.Match[str]) -> tuple[str, ...]:
        self._echo = self.habits.echo_stays
        return ("OK",)

    def _centre(self, _: re.Match[str]) -> tuple[str, ...]:
        return f'+CSCA: "{self.habits.service_centre}",145', "OK"

    # --- its store ---

    def _list(self, _: re.Match[str]) -> tuple[str, ...]:
        listed = [line for index, pdu in sorted(self.store.items()) for line in (f"+CMGL: {index},1,,{_length(pdu)}", pdu)]
        return *listed, "OK"

    def _read(self, found: re.Match[str]) -> tuple[str, ...]:
        if self.habits.empty_at_first:
            self.habits.empty_at_first -= 1
            return ("OK",)
        pdu = self.store.get(int(found[1]))
        return (f"+CMGR: 0,,{_length(pdu)}", pdu, "OK") if pdu else ("+CMGR: 0,,0", "OK")

    def _delete(self, found: re.Match[str]) -> tuple[str, ...]:
        if found[2]:
            self.store.clear()
        elif self.store.pop(int(found[1]), None) is None:
            return ("+CMS ERROR: 321",)
        self._take_waiting()
        return ("OK",)

    def _selected(self, _: re.Match[str]) -> tuple[str, ...]:
        return f"+CPMS: {len(self.store)},{self.habits.places}", "OK"

    def receive(self, pdu: str, length: int, report: bool = False) -> None:
        """The network hands this over. What does not fit waits in the network."""
        if report and not self._stored_reports:
            if self._direct_reports:
                self.unasked(f"+CDS: {length}\r\n{pdu}")
        elif not report and not self.habits.stores_messages:
            self.unasked(f"+CMT: ,{length}\r\n{pdu}")
        elif len(self.store) >= self.habits.places:
            self._waiting.append(pdu)
            self.unasked('^SMMEMFULL: "ME"')
        else:
            self._keep(pdu, "+CDSI" if report else "+CMTI")

    def _keep(self, pdu: str, word: str) -> None:
        index = next(at for at in itertools.count(1) if at not in self.store)
        self.store[index] = pdu
        self.unasked(f'{word}: "ME",{index}')

    def _take_waiting(self) -> None:
        while self._waiting and len(self.store) < self.habits.places:
            self._keep(self._waiting.pop(0), "+CMTI")

    def phone_sends(self, number: str, text: str, header: tuple[int, int, int] | None = None) -> None:
        """Somebody sends an SMS to this SIM."""
        self.receive(*deliver(number, text, self._wall_ms(self._now_s), header))

    def report(self, reference: int, number: str, status: int) -> None:
        """The service centre says what became of a part."""
        self.receive(*status_report(reference, number, self._wall_ms(self._now_s), status), report=True)

    # --- sending ---

    def _begin_message(self, length: int) -> None:
        if self.habits.refuses_before_prompt:
            self._lines(self.habits.refuses_before_prompt.popleft())
            return
        if self.habits.no_prompt:
            self.habits.no_prompt -= 1
            return
        self._around("before prompt")
        self._edits = length
        self._typed.clear()
        self._say(b"\r\n" + self.habits.prompt, self.habits.prompt_s)

    def _around(self, where: Where) -> None:
        self._lines(*(line for place, line in self.habits.unasked if place == where))

    def _edit(self, byte: int) -> None:
        if byte not in (ESCAPE, END):
            self._typed.append(byte)
            return
        text, length, self._typed, self._edits = self._typed.decode("ascii", "replace"), self._edits, bytearray(), None
        if byte == ESCAPE:
            self._lines("OK")
        elif not self._pdu_mode or not re.fullmatch(r"(?:[0-9A-F]{2})+", text) or _length(text) != length:
            self._lines("+CMS ERROR: 304")
        else:
            self._submit(text)

    def _submit(self, pdu: str) -> None:
        if self.habits.hangs_after_pdu:
            self.habits.hangs_after_pdu -= 1
            self.hang()
            return
        if self.habits.resets_in_burst:
            self.habits.resets_in_burst -= 1
            if self.habits.reset_sends:
                self._went_out(pdu)
            self._power_up(0.7)
            return
        refused = self.habits.refuses.popleft() if self.habits.refuses else ""
        if refused:
            self._lines(refused, after_s=self.habits.accepts_s)
            return
        self._at(self._now_s + self.habits.accepts_s, lambda: self._accept(pdu))

    def _accept(self, pdu: str) -> None:
        reference = self._went_out(pdu)
        if reference is None:
            self._lines("+CMS ERROR: 304")
            return
        self._around("before reference")
        if self.habits.ok_first:
            self._lines("OK")
        self._lines(f"+CMGS: {reference}")
        self._around("before OK")
        if not self.habits.ok_first:
            self._lines("OK", after_s=0.01)

    def _went_out(self, pdu: str) -> int | None:
        try:
            said = read_submit(pdu)
        except ValueError:
            return None
        reference, self._next_reference = self._next_reference, (self._next_reference + 1) % 256
        self.parts.append(SentPart(self._now_s, said.number, said.text, reference, said.validity, said.header))
        if said.report:
            self._promise_reports(reference, said.number)
        return reference

    def _promise_reports(self, reference: int, number: str) -> None:
        for at, status in enumerate(self.habits.report_statuses, 1):
            if self.habits.report_before_reference and at == 1:
                self.report(reference, number, status)
            else:
                self._at(self._now_s + at * self.habits.report_s, _later(self.report, reference, number, status))


def _later(report: Callable[[int, str, int], None], reference: int, number: str, status: int) -> Callable[[], None]:
    return lambda: report(reference, number, status)


def _length(pdu: str) -> int:
    """Octets without the service centre."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


def _ok(_: ModemBrain, __: re.Match[str]) -> tuple[str, ...]:
    return ("OK",)


ANSWERS: tuple[tuple[str, Callable[[ModemBrain, re.Match[str]], tuple[str, ...]]], ...] = (
    (r"AT|AT\+CMEE=\d|AT\^CURC=0|AT\+CFUN=1|AT\+CNMA|AT\+CSMS=0", _ok),
    (r"ATE0", ModemBrain._no_echo),
    (r"AT\+CFUN\?", lambda _, __: ("+CFUN: 1", "OK")),
    (r"AT\+CPIN\?", ModemBrain._sim),
    (r'AT\+CPIN="?(\d+)"?', ModemBrain._pin),
    (r"AT\+CREG\?", lambda brain, _: (f"+CREG: 0,{brain.habits.circuit}", "OK")),
    (r"AT\+CEREG\?", lambda brain, _: (f"+CEREG: 0,{brain.habits.packet}", "OK")),
    (r"AT\+CSQ", lambda brain, _: (f"+CSQ: {brain.habits.signal},99", "OK")),
    (r"AT\+CSCA\?", ModemBrain._centre),
    (r"AT\+CMGF=0", ModemBrain._mode),
    (r"AT\+CPMS=.*", ModemBrain._selected),
    (r"AT\+CNMI=2,1,0,([012]),0", ModemBrain._report_mode),
    (r"AT\+CSMS\?", lambda brain, _: (f"+CSMS: {int(brain.habits.phase_2_plus)},1,1,1", "OK")),
    (r"AT\+CMGL=4", ModemBrain._list),
    (r"AT\+CMGR=(\d+)", ModemBrain._read),
    (r"AT\+CMGD=(\d+)(,4)?", ModemBrain._delete),
)

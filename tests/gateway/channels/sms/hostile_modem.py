"""A modem that says anything: random bytes, what modems say, torn and at the wrong moment, and sense in between. From a seed.

`abuse` gives them to a dialogue that sends and receives all the while; nothing may be raised, nothing may grow.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from fake_devices.modem_brain import ModemBrain
from fake_devices.modem_habits import ModemHabits
from fake_devices.sms_network import deliver, status_report
from gateway.channels.sms.dialogue import Dialogue
from gateway.channels.sms.job import SendJob
from gateway.channels.sms.pin import Pin
from gateway.channels.sms.sms import Unsent
from gateway.channels.sms.submit import encode
from tests.gateway.channels.sms.kept_pin import KeptPin
from tests.gateway.channels.sms.virtual_line import wall_ms

LARGEST_CHUNK = 300
MOST_ITEMS = 5_000  # of any collection that the dialogue has
PAUSES_S = (0.0, 0.001, 0.02, 0.3, 1.0, 6.0, 61.0, 130.0, 700.0)
PAUSES_WEIGH = (9, 9, 9, 9, 3, 1, 0.5, 0.2, 0.1)

LINES = (
    *("OK", "OK", "OK", "ERROR", "> ", ">", "RDY", "SMS Ready", "+CPIN: READY", "+CPIN: SIM PIN", "+CPIN: NOT INSERTED"),
    *("+CMGS: 7", "+CMGS: 999", "+CMGS:", "+CMS ERROR: 42", "+CMS ERROR: 21", "+CMS ERROR: 322", "+CMS ERROR: 310"),
    *("+CME ERROR: 515", "+CME ERROR: 16", "+CMS ERROR: 99999999999", "+CMS ERROR: ٣", "+CMS ERROR: SIM busy"),
    *("COMMAND NOT SUPPORT", "NO CARRIER", "RING", "+CREG: 0,1", "+CREG: 1", "+CEREG: 0,3", "+CREG: ,,,", "+CSQ: 99,99"),
    *("+CSQ: 31,0", "+CFUN: 1", "+CFUN: 0", '+CSCA: "",129', '+CSCA: "+8613800571500",145', "+CPMS: 1,2", "+CSMS: 1,1,1"),
    *(
        '+CMTI: "ME",1',
        '+CMTI: "SM",99999',
        "+CMTI: ,",
        '+CDSI: "SR",3',
        "+CDS: 26",
        "+CMT: ,23",
        "+CMGR: 0,,0",
        "+CMGR: 1,,23",
    ),
    *("+CMGL: 1,1,,23", "+CMGL: 65535,1,,23", '^SMMEMFULL: "ME"', "^RSSI: 17", "^BOOT:1", "^SIMST:0", "NORMAL POWER DOWN"),
    *("UNDER-VOLTAGE WARNNING", "AT+CMGS=31", "AT", "0011", "00"),
)


def chunks(chance: random.Random) -> Iterator[bytes]:
    """For ever."""
    while True:
        kind = chance.random()
        if kind < 0.2:
            yield chance.randbytes(chance.randrange(LARGEST_CHUNK))
        elif kind < 0.3:
            yield bytes(chance.choices(b"\r\n> OKAT+:0123456789ABCDEF\x1b\x1a\x00", k=chance.randrange(LARGEST_CHUNK)))
        else:
            yield _torn(b"".join(_line(chance) for _ in range(chance.randrange(1, 12))), chance)


def _line(chance: random.Random) -> bytes:
    line = chance.choice(LINES)
    if chance.random() < 0.2:
        header = (chance.randrange(256), chance.randrange(256), chance.randrange(256)) if chance.random() < 0.5 else None
        number = f"+86138{chance.randrange(10**8):08}"
        line = (
            deliver(number, "1 A41", 1_795_000_000_000, header)
            if chance.random() < 0.7
            else status_report(chance.randrange(256), number, 1_795_000_000_000, chance.randrange(256))
        )[0]
    return chance.choice((b"\r\n", b"\n", b"\r", b"")) + line.encode() + chance.choice((b"\r\n", b"\r\r\n", b"\n", b""))


def _torn(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.3 and data:
        at = chance.randrange(len(data))
        return data[:at] + bytes([chance.randrange(256)]) + data[at + chance.randrange(3) :]
    return data


class Abuse:
    """One dialogue, and what happens to it."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)
        self._chunks = chunks(self._chance)
        self._now_s = 0.0
        self._dialogue = Dialogue(Pin("1234", KeptPin()))
        self._dialogue.opened(0)
        self._job: SendJob | None = None
        self._good = ModemBrain(ModemHabits(echo_stays=True), wall_ms)
        self._nonsense = 1.0  # how much of what it says is
        self.states: Counter[str] = Counter()

    def step(self) -> int:
        """One chunk, and whatever follows of it; gives how many octets it had."""
        if self._chance.random() < 0.01:
            self._nonsense = self._chance.choice((0.003, 0.02, 0.5))
        nonsense = self._chance.random() < self._nonsense
        self._now_s += self._chance.choices(PAUSES_S, PAUSES_WEIGH)[0]
        chunk = self._good.due(self._now_s) + (next(self._chunks) if nonsense else b"")
        self._dialogue.feed(self._now_s, chunk)
        until_s = self._dialogue.advance(self._now_s)
        assert until_s > self._now_s, "it would turn without end"
        written = self._dialogue.output()
        assert len(written) < 4096
        self._good.hear(self._now_s, written)
        self.states[self._dialogue.status.state] += 1
        self._live()
        return len(chunk)

    def check(self) -> None:
        """Nothing that it keeps may be long."""
        for owner in (self._dialogue, self._dialogue.exchange, self._dialogue.exchange.reader, self._dialogue.receiving):
            for name, value in vars(owner).items():
                assert not hasattr(value, "__len__") or len(value) <= MOST_ITEMS, name

    def _live(self) -> None:
        """Somebody takes what came, now and then; the port comes and goes; there is always a message to send."""
        chance, receiving = self._chance, self._dialogue.receiving
        if chance.random() < 0.1 and receiving.arrived:
            receiving.taken(receiving.arrived.popleft())
        if chance.random() < 0.01:
            receiving.arrived.clear()
        if chance.random() < 0.001:
            self._good.phone_sends("+8613800138000", "1 A41")
            self._good.parts.clear()
            self._good.commands.clear()
        if chance.random() < 0.0005:
            self._good.power_cycle(self._now_s)
        if chance.random() < 0.001:
            self._good.hang()
        if chance.random() < 0.0005:
            self._dialogue.closed(self._now_s, "absent")
            self._dialogue.opened(self._now_s)
        if self._job is None or self._job.result is not None:
            pdus = encode("+8613800138000", "求" * chance.choice((8, 135)))
            self._job = SendJob(Unsent(parts=tuple((pdu.hex, pdu.length) for pdu in pdus)))
            self._dialogue.submit(self._job)
        if chance.random() < 0.01:
            self._dialogue.withdraw(self._job, "no answer")

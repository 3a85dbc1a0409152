"""Record Access Control Point (2A52): how a device is asked for what it has stored, and told to forget it.

    op operator [01 nnnn [nnnn]]     written with response, after 2A52 is subscribed; 01: bounds are sequence numbers, u16
        op        1 report, 2 delete, 3 abort, 4 how many
        operator  0 none (abort), 1 all, 2 up to, 3 from, 4 from to, 5 the first, 6 the last
    05 00 nnnn                       answer to 4: that many
    06 00 op result                  answer: 1 success, 2 op code not supported, 3 invalid operator, 4 operator not supported,
                                     5 invalid operand, 6 no records, 7 abort unsuccessful, 8 not completed,
                                     9 operand not supported

Records come as ordinary indications before the answer to the report. The number is asked for first; a device may refuse
that and report all the same. After 30 s without a record or an answer: abort, wait 5 s, and leave. Deleted is only what is on
our disk, after a report that ended well, where the technician allows it: other apps may want the records too.

Source: GATT Specification Supplement, Record Access Control Point; Pulse Oximeter Profile, which uses "all" and abort only.
"""

from __future__ import annotations

from math import inf

from msgspec import Struct

from drivers.bluetooth_uuid import full_uuid
from drivers.driver import Decoded, Notified, Refused, Store, Write
from drivers.framing import Fields
from drivers.steps import Step, now
from drivers.talk import Expected, NoAnswer, NotDone

CONTROL_POINT = full_uuid(0x2A52)

REPORT, DELETE, ABORT, NUMBER, _NUMBER_IS, _ANSWER = 1, 2, 3, 4, 5, 6
NONE, ALL, UP_TO, FROM, FROM_TO, FIRST, LAST = range(7)
_BY_SEQUENCE_NUMBER = 1
RESULTS = (
    "reserved",
    "success",
    "op_code_not_supported",
    "invalid_operator",
    "operator_not_supported",
    "invalid_operand",
    "no_records",
    "abort_unsuccessful",
    "not_completed",
    "operand_not_supported",
)

SILENT_S = 30
ABORTED_S = 5
FETCH_S = 180  # a device that sends records without end gives the slot back


def request(op: int, operator: int, *bounds: int) -> bytes:
    """The bytes of a request; `bounds` are sequence numbers, where the operator wants one or two."""
    filtered = bytes((_BY_SEQUENCE_NUMBER,)) if bounds else b""
    return bytes((op, operator)) + filtered + b"".join(bound.to_bytes(2, "little") for bound in bounds)


class Response(Struct, frozen=True):
    """What the device answers: how many records there are, or what came of a request."""

    to: int
    result: str
    number: int | None = None


def response(data: bytes) -> Response:
    """An answer of the device. Raises Refused."""
    fields = Fields(data)
    op = fields.u8("op code")
    if op not in (_NUMBER_IS, _ANSWER):
        raise Refused("unsupported", f"op code {op:02x} is no answer")
    fields.u8("operator")
    if op == _NUMBER_IS:
        return Response(NUMBER, "success", fields.u16("number"))
    to, code = fields.u8("request"), fields.u8("result")
    return Response(to, RESULTS[code] if code < len(RESULTS) else "reserved")


def decode(data: bytes) -> Decoded:
    """An answer as status. Raises Refused."""
    told = response(data)
    if told.number is not None:
        return Decoded(status={"number": told.number})
    return Decoded(status={"request": told.to, "result": told.result})


# --- fetching -----------------------------------------------------------------------------------------------------------


class Fetching:
    """The procedure with one device, whose control point is subscribed. `values`: what it sends, which is reported already."""

    def __init__(self, service: str, values: Expected[Notified]) -> None:
        self._service = service
        self._values = values

    def run(self, *, delete: bool) -> Step[None]:
        """Fetches all records, and has them deleted. Raises NotDone."""
        count = yield from self._asked(NUMBER)
        if count.number == 0 or count.result == "no_records":
            return
        reported = yield from self._asked(REPORT)
        if reported.result == "no_records":
            return
        _check(reported)
        if delete and (yield Store()) is True:
            _check((yield from self._asked(DELETE)))

    def _asked(self, op: int) -> Step[Response]:
        """Asks for all; the answer comes after the records."""
        yield from self._write(request(op, ALL))
        heard_s = yield from now()
        ends_s = heard_s + FETCH_S
        while (yield from now()) < (until_s := min(ends_s, heard_s + SILENT_S)):
            told = yield from self._values.next(inf, until_s)
            if told is None:
                break
            heard_s = yield from now()
            if (answer := _answer(told)) is not None and answer.to == op:
                return answer
        yield from self._abort()
        raise NoAnswer("no record and no answer in time")

    def _abort(self) -> Step[None]:
        yield from self._write(request(ABORT, NONE))
        yield from self._values.next(ABORTED_S)

    def _write(self, data: bytes) -> Step[None]:
        if (yield Write(CONTROL_POINT, data, self._service)) is not True:
            raise NotDone("the device does not take the request")


def _answer(told: Notified) -> Response | None:
    if told.characteristic != CONTROL_POINT:
        return None
    try:
        return response(told.data)
    except Refused:  # reported as such by who heard it
        return None


def _check(answer: Response) -> None:
    if answer.result != "success":
        raise NotDone(f"request {answer.to}: {answer.result}")

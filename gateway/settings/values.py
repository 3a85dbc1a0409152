"""What the value of one setting may be, as types. A mistake is raised as a code that `words/mistakes.py` has words for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from gateway.duty import phone_numbers, shift
from gateway.mistake import INVISIBLE, plain
from gateway.settings.listen_address import host_and_port

Transport = Literal["advertisement", "connection", "serial", "watch"]

USUAL_FOLDER = Path("/var/lib/lifering")  # of the data, where the configuration names no other


@dataclass(frozen=True)
class Surroundings:
    """What a file is checked against: its folder, the drivers with their way of speaking.

    `port_drivers`: the drivers at serial ports and of listeners for watches; `hubs`: those that speak for bands with addresses
    of their own. `credentials`: name -> file of what systemd hands to the service.
    """

    folder: Path
    transports: Mapping[str, Transport]
    port_drivers: frozenset[str] = frozenset()
    hubs: frozenset[str] = frozenset()
    credentials: Mapping[str, Path] = field(default_factory=dict)

    def beside(self, name: str) -> Path:
        """The file of this name, relative to the configuration."""
        return self.folder / name

    def handed_over(self, name: str) -> Path:
        """The systemd credential of this name, where there is one; else the file."""
        return self.credentials.get(Path(name).name) or self.beside(name)


def mistake(code: str, **facts: object) -> PydanticCustomError:
    """To raise in a validator; `code` is a key of `words/mistakes.py`.

    A fact `needs` names the keys of which one is not there; where one was misspelt, this mistake is no second one.
    """
    return PydanticCustomError(code, code, facts)


def _file(value: object, info: ValidationInfo) -> object:
    return _known(info).beside(_not_empty(value)) if isinstance(value, str) else value


def _credential(value: object, info: ValidationInfo) -> object:
    return _known(info).handed_over(_not_empty(value)) if isinstance(value, str) else value


def _not_empty(name: str) -> str:
    if not name.strip():
        raise mistake("too_short")
    return name


def _known(info: ValidationInfo) -> Surroundings:
    context = info.context
    return context if isinstance(context, Surroundings) else Surroundings(Path(), {})


def is_hub(driver: object, info: ValidationInfo) -> bool:
    """Whether this is the name of a hub's driver."""
    return driver in _known(info).hubs


def _port(value: str, info: ValidationInfo) -> str:
    is_usb = re.fullmatch(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}(:.+)?", value)
    return value if is_usb else str(_known(info).beside(value))


def _program(command: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    """A name alone is looked for where programs are; a path is relative to the file, as others are."""
    program, *arguments = command
    return (str(_known(info).beside(program)) if "/" in program else program, *arguments)


def _port_driver(name: str, info: ValidationInfo) -> str:
    transports = _known(info).transports
    serial = tuple(driver for driver, transport in transports.items() if transport == "serial")
    if transports and name not in serial:
        raise mistake("not_a_serial_driver" if name in transports else "unknown_driver", name=name, among=serial)
    return name


def _band_driver(name: str, info: ValidationInfo) -> str:
    transports = _known(info).transports
    if transports and name not in transports:
        raise mistake("unknown_driver", name=name, among=tuple(transports))
    if transports.get(name) == "serial" and name not in _known(info).port_drivers:
        raise mistake("no_port_speaks_it", name=name, needs=("serial.driver",))
    if transports.get(name) == "watch" and name not in _known(info).port_drivers:
        raise mistake("no_listener_hears_it", name=name, needs=("watches.driver",))
    return name


def _watch_driver(name: str, info: ValidationInfo) -> str:
    transports = _known(info).transports
    watches = tuple(driver for driver, transport in transports.items() if transport == "watch")
    if transports and name not in watches:
        raise mistake("not_a_watch_driver" if name in transports else "unknown_driver", name=name, among=watches)
    return name


def of_a_watch(driver: object, info: ValidationInfo) -> bool | None:
    """Whether this is the driver of a watch that calls; None: nobody knows."""
    transport = _known(info).transports.get(str(driver))
    return None if transport is None else transport == "watch"


def _broker(value: str) -> str:
    port = re.search(r":([0-9]+)$", value)
    if port and not 1 <= int(port[1]) <= 65_535:
        raise mistake("port_out_of_range", port=port[1])
    return value


def _listen(value: str) -> str:
    try:
        host_and_port(value)
    except ValueError:
        raise mistake("bad_listen", shown=plain(value)) from None
    return value


def _relay_name(name: str) -> str:
    """Among the adapters it must be told from them."""
    if re.fullmatch(r"hci[0-9]+|default", name):
        raise mistake("like_an_adapter", name=name)
    return name


def _for_all(listen: str) -> str:
    _, port = host_and_port(listen)
    if port < LOWEST_FREE_PORT:
        raise mistake("port_of_root", port=port, least=LOWEST_FREE_PORT)
    return listen


def _topic_root(root: str) -> str:
    first = root.partition("/")[0]
    if first in ("$SYS", "$share", "$queue"):
        raise mistake("brokers_own_topics", name=first)
    return root


def _client_id(text: str) -> str:
    if len(text.encode()) > MOST_CLIENT_ID_BYTES:
        raise mistake("string_too_long", max_length=MOST_CLIENT_ID_BYTES)
    return text


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no relative path, a folder, no such file
        raise (mistake("no_such_zone", name=name) if available_timezones() else mistake("no_zones")) from None
    return name


def _phone_number(text: str) -> str:
    number = phone_numbers.read(text)
    if number is None:
        raise mistake("bad_phone")
    return number


def _person(name: str) -> str:
    """One that a spreadsheet would take for a formula is none."""
    if re.match(r"[=+@＝＋＠|%-]", name):
        raise mistake("like_a_formula")
    return name


def _days(text: str) -> str:
    return _shift(shift.read_days, text)


def _hours(text: str) -> str:
    return _shift(shift.read_hours, text)


def _shift(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except shift.BadShift as bad:
        raise mistake(bad.code, shown=plain(text)) from None
    return text


def _yes_or_no(value: object) -> object:
    """As people fill in a table."""
    word = str(value).strip().lower()
    if word not in YES | NO:
        raise mistake("bad_yes_or_no", shown=plain(word))
    return word in YES


def _degrees(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        raise mistake("bad_degrees") from None


def printed(address: str) -> str:
    """An address as it is printed everywhere: `C0:FF:EE:00:00:01`; the id of a watch as it is."""
    if re.fullmatch(WATCH_ID, address):
        return address
    digits = re.sub(r"[:-]", "", address).upper()
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def _from_spreadsheet(value: object) -> object:
    """What Excel took for a number has lost its digits."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]+([.,][0-9]+)?E\+[0-9]+", value.strip(), re.IGNORECASE):
        raise mistake("spreadsheet_number")
    return value


def _hex_digits(value: object) -> object:
    """The digits alone: without 0x, and without what stands between them."""
    return re.sub(r"^0x|[:\s-]", "", value, flags=re.IGNORECASE) if isinstance(value, str) else value


YES, NO = {"yes", "y", "true", "1", "x", "是"}, {"", "no", "n", "false", "0", "否"}
WATCH_ID = r"^([0-9]{5,11}|[0-9]{13,15})$"  # of 12 digits it could be a Bluetooth address
ADDRESS = rf"^[0-9A-Fa-f]{{2}}([:-]?[0-9A-Fa-f]{{2}}){{5}}$|{WATCH_ID}"
LOWEST_FREE_PORT = 1024  # those below are for root
MOST_CLIENT_ID_BYTES = 256  # what Chinese clouds ask for; every MQTT 5 broker may take more
LEVEL = rf"[^\s{INVISIBLE}+#/]"

File = Annotated[Path, BeforeValidator(_file)]
Credential = Annotated[Path, BeforeValidator(_credential)]

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=38)]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=rf"^{LEVEL}*$")]
Text = Annotated[str, Field(max_length=64, pattern=rf"^[^{INVISIBLE}]*$")]
Name = Annotated[Text, Field(min_length=1)]

HostName = Annotated[str, Field(pattern=r"^([A-Za-z0-9._-]+|[0-9A-Fa-f]*(:[0-9A-Fa-f]*){2,7})$", max_length=253)]
HostPort = Annotated[
    str, Field(pattern=r"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$", max_length=262), AfterValidator(_broker)
]
Listen = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_listen)]
WatchListen = Annotated[Listen, AfterValidator(_for_all)]
TcpPort = Annotated[int, Field(ge=1, le=65_535)]
TopicRoot = Annotated[str, Field(pattern=rf"^/?{LEVEL}+(/{LEVEL}+)*$", max_length=200), AfterValidator(_topic_root)]

ClientId = Annotated[str, Field(min_length=1, pattern=rf"^[^{INVISIBLE}]*$"), AfterValidator(_client_id)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]

Adapter = Annotated[str, Field(pattern=r"^(hci[0-9]{1,3}|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5})$")]
RelayName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=31), AfterValidator(_relay_name)]
Address = Annotated[str, Field(pattern=ADDRESS), BeforeValidator(_from_spreadsheet), AfterValidator(printed)]
HexKey = Annotated[
    str,
    Field(pattern=r"^([0-9A-Fa-f]{24}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40})$"),
    BeforeValidator(_hex_digits),
    BeforeValidator(_from_spreadsheet),
]
BandDriver = Annotated[str, AfterValidator(_band_driver)]
WatchDriverName = Annotated[str, AfterValidator(_watch_driver)]
PortDriver = Annotated[str, AfterValidator(_port_driver)]
Program = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1), AfterValidator(_program)]
PortName = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_port)]

PersonName = Annotated[Name, AfterValidator(_person)]
Number = Annotated[str, AfterValidator(_phone_number)]
Days = Annotated[str, AfterValidator(_days)]
Hours = Annotated[str, AfterValidator(_hours)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Degrees = Annotated[float, BeforeValidator(_degrees)]

DayTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
DayHours = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]

# What may stand in here is the matter of the table of limits, see `gateway/rules/checks.py`.
Overrides = dict[str, Any]

"""What a technician answers, and the configuration that comes of it. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.language import Language
from gateway.settings.new_band import NewBand
from gateway.settings.sections.section import Section
from gateway.settings.toml_tables import with_table
from gateway.settings.toml_values import with_value

SECTIONS = {
    "id": "gateway",
    "language": "gateway",
    "time_zone": "gateway",
    "host": "mqtt",
    "port": "mqtt",
    "username": "mqtt",
    "password_file": "mqtt",
    "tls": "mqtt",
    "insecure": "mqtt",
    "ca_file": "mqtt",
    "cert_file": "mqtt",
    "key_file": "mqtt",
}
FILES = ("ca_file", "cert_file", "key_file")
ROSTER, DUTY_LIST = "wristbands.csv", "duty.csv"


class SerialAnswer(Section):
    """What is at a serial port."""

    port: str
    driver: str = "serial-hub"


class WatchesAnswer(Section):
    """Where watches on mobile data may call."""

    listen: str
    driver: str = "tcp-watch-3g"


class BandAnswer(Section):
    """A band, and whose it is."""

    address: str
    driver: str
    wearer: str
    room: str = ""

    @property
    def band(self) -> NewBand:
        """As `enroll` takes it."""
        return NewBand(self.address, self.driver, self.wearer, self.room)


class PhoneAnswer(Section):
    """Somebody on duty; `days` and `hours` as in the duty list, `test`: gets the daily test."""

    name: str
    phone: str
    days: str = ""
    hours: str = ""
    test: bool = False


class Answers(Section):
    """All of them. Names of files are those beside the file of answers; `password_file` holds the password for the platform."""

    id: str
    host: str
    language: Language = "zh-CN"
    time_zone: str = "Asia/Shanghai"
    port: int = 0
    tls: bool = True
    username: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    bluetooth: bool = True
    data_dir: str = ""
    modem: str = ""
    """Its serial port."""
    pin_file: str = ""
    serial: tuple[SerialAnswer, ...] = ()
    watches: tuple[WatchesAnswer, ...] = ()
    wristband: tuple[BandAnswer, ...] = ()
    phone: tuple[PhoneAnswer, ...] = ()
    """In the order in which they are asked."""

    @property
    def usual_port(self) -> int:
        """The one that was said, else the usual one."""
        return self.port or (8883 if self.tls else 1883)


def configuration(text: str, answers: Answers, files: Mapping[str, str]) -> str:
    """The text of a configuration with these answers in it; `files`: the names under which certificates and secrets lie."""
    values = {
        "id": answers.id,
        "language": answers.language,
        "time_zone": answers.time_zone,
        "host": answers.host,
        "port": answers.usual_port,
        "username": answers.username or None,
        "password_file": files.get("password_file"),
        "tls": answers.tls,
        "insecure": None if answers.tls else True,
        **{key: files.get(key) for key in FILES},
    }
    if answers.data_dir:
        text = with_value(text, "gateway", "data_dir", answers.data_dir)
    for key, value in values.items():
        text = with_value(text, SECTIONS[key], key, value)
    text = with_value(text, "bluetooth", "enabled", answers.bluetooth)
    known = ports_of(text)
    for number, port in enumerate((one for one in answers.serial if one.port not in known), start=len(known) + 1):
        text = with_table(text, "serial", {"name": f"port-{number}", "port": port.port, "driver": port.driver})
    listening = [str(listener.get("listen")) for listener in _said(text).get("watches", [])]
    for listener in (one for one in answers.watches if one.listen not in listening):
        text = with_table(text, "watches", {"listen": listener.listen, "driver": listener.driver})
    return _with_second_path(text, answers, files)


def _with_second_path(text: str, answers: Answers, files: Mapping[str, str]) -> str:
    if answers.modem:
        text = with_value(text, "modem", "port", answers.modem)
    if pin_file := files.get("pin_file"):
        text = with_value(text, "modem", "pin_file", pin_file)
    if answers.phone and not duty_list_of(text):
        text = with_value(text, "duty", "phones_file", DUTY_LIST)
    return text


def ports_of(text: str) -> Sequence[str]:
    """The serial ports that a configuration names, but for the modem's."""
    return [str(port.get("port")) for port in _said(text).get("serial", [])]


def modem_of(text: str) -> str:
    """The port of the modem that a configuration names; "": it names none."""
    return str(_said(text).get("modem", {}).get("port", ""))


def duty_list_of(text: str) -> str:
    """The duty list that a configuration names; "": it names none."""
    return str(_said(text).get("duty", {}).get("phones_file", ""))


def roster_of(text: str) -> str:
    """The roster that a configuration names; "": it names none."""
    return str(_said(text).get("roster", {}).get("file", ""))


def before(text: str) -> dict[str, str]:
    """What a configuration says already: the defaults of the next answers, as one would type them."""
    said = _said(text)
    found = {key: said.get(section, {}).get(key) for key, section in SECTIONS.items()}
    return {key: _typed(value) for key, value in found.items() if value is not None}


def _said(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff"))


def _typed(value: object) -> str:
    return ("y" if value else "n") if isinstance(value, bool) else str(value)

"""Configuration files."""

from __future__ import annotations

from pathlib import Path

from gateway.settings.file import examine
from gateway.words.mistakes import WORDS, in_words

KIND, PARSER = "a configuration file", "gateway/settings/file.py"
GOOD = '[gateway]\nid = "xishan-01"\n[mqtt]\nhost = "platform.example"\n'
BAND = '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "bthome"\nwearer = "W-1"\n'

# What stands in place of the file (bytes), or behind a good one (text).
_WHOLE: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b"  \n\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "zeros": bytes(4_096),
    "UTF-16 with a mark": GOOD.encode("utf-16"),
    "UTF-16 without a mark": GOOD.encode("utf-16-le"),
    "GB18030": '[gateway]\nid = "西山"\n'.encode("gb18030"),
    "Latin-1": '[gateway]\nid = "xishan\xe9"\n'.encode("latin-1"),
    "JSON": b'{"gateway": {"id": "a"}}',
    "YAML": b"gateway:\n  id: a\n",
    "INI with colons": b"[gateway]\nid: a\n",
    "the roster": b"address,driver,wearer\nC0:FF:EE:00:00:01,bthome,W-1\n",
    "only comments": b"# nothing\n",
    "a section alone": b"[gateway]\n",
    "no id": b'[mqtt]\nhost = "h"\n',
    "no host": b'[gateway]\nid = "a"\n',
    "a list of lists without an end": b"a = " + b"[" * 5_000,
    "a number of 10,000 digits": b"a = " + b"9" * 10_000,
    "a text that does not end": b'[gateway]\nid = "a\n[mqtt]\nhost = "h"\n',
    "Chinese quotes": "[gateway]\nid = “a”\n".encode(),
    "Chinese digits": "[mqtt]\nport = １８８３\n".encode(),
    "a Chinese equals sign": '[gateway]\nid ＝ "a"\n'.encode(),
    "a Chinese comma": '[bluetooth]\nadapters = ["hci0"，"hci1"]\n'.encode(),
    "a NUL in a text": b'[gateway]\nid = "a\x00b"\n',
    "a text of 100,000 letters": b'[gateway]\nid = "' + b"a" * 100_000 + b'"\n',
}
_BEHIND: dict[str, str] = {
    "an unknown section": "[gatway]\n",
    "an unknown key": "[bluetooth]\nenable = true\n",
    "a key of another section": "[bluetooth]\nhost = 1\n",
    "a section twice": '[gateway]\nid = "b"\n',
    "a key twice": "[bluetooth]\nenabled = true\nenabled = false\n",
    "a word for a flag": '[bluetooth]\nenabled = "yes"\n',
    "a number for a flag": "[bluetooth]\nenabled = 1\n",
    "a text for a list": '[bluetooth]\nadapters = "hci0"\n',
    "connections 0": "[bluetooth]\nconnections = 0\n",
    "connections 11": "[bluetooth]\nconnections = 11\n",
    "connections infinite": "[bluetooth]\nconnections = inf\n",
    "connections no number": "[bluetooth]\nconnections = nan\n",
    "connections beyond 64 bits": "[bluetooth]\nconnections = 99999999999999999999\n",
    "a section that is a value": "bluetooth = 3\n",
    "a section that is a list": "[[bluetooth]]\n",
    "a wristband that is no list": "[wristband]\n",
    "a wristband without anything": "[[wristband]]\n",
    "a wristband without a wearer": BAND.replace('wearer = "W-1"\n', ""),
    "an address that is none": BAND.replace("C0:FF", "G0:FF"),
    "an address too short": BAND.replace(":01", ""),
    "an address twice": BAND + BAND,
    "a driver that is none": BAND.replace("bthome", "no-such"),
    "a driver with a capital": BAND.replace("bthome", "BTHome"),
    "a wearer of nothing": BAND.replace("W-1", ""),
    "a wearer that turns the order of writing": BAND.replace("W-1", "W\u202e1"),
    "a wearer with a line end": BAND.replace("W-1", "W\\n1"),
    "a wearer of 1,000 letters": BAND.replace("W-1", "W" * 1_000),
    "a key in place of its file": BAND + f'key_file = "{"ab" * 16}"\n',
    "a key file that is not there": BAND + 'key_file = "no-such"\n',
    "a key file that is a device": BAND + 'key_file = "/dev/zero"\n',
    "a password file that is a folder": '[mqtt2]\npassword_file = "/"\n',
    "a serial port without a port": '[[serial]]\nname = "hub"\ndriver = "serial-hub"\n',
    "a serial port twice": '[[serial]]\nname = "a"\nport = "/dev/a"\ndriver = "serial-hub"\n' * 2,
    "a port for a driver of the air": '[[serial]]\nname = "a"\nport = "/dev/a"\ndriver = "bthome"\n',
    "baud 0": '[[serial]]\nname = "a"\nport = "/dev/a"\ndriver = "serial-hub"\nbaud = 0\n',
    "a parity that is none": '[[serial]]\nname = "a"\nport = "/dev/a"\ndriver = "serial-hub"\nparity = "mark"\n',
    "a roster that is not there": '[roster]\nfile = "no-such.csv"\n',
    "a roster that is a device": '[roster]\nfile = "/dev/zero"\n',
    "a roster that is the kernel's": '[roster]\nfile = "/proc/self/status"\n',
    "a roster with a NUL in its name": '[roster]\nfile = "a\\u0000b"\n',
    "a duty list without a modem's": '[duty]\nphones_file = "no-such.csv"\n',
    "a modem without a port": "[modem]\n",
    "a store of -1 MB": "[store]\nmax_mb = -1\n",
    "a store of half a MB": "[store]\nmax_mb = 0.5\n",
    "a store key that is not there": '[store]\nkey_file = "no-such"\n',
    "a rule that is none": "[rules.no_such]\nlow = 1\n",
    "a limit that is a text": '[rules.heart_rate]\nhigh = "fast"\n',
    "a rule for a wearer that is none": "[wearer.W-1.mood]\nlow = 1\n",
    "a place on no globe": "[wearer.W-1.geofence]\nlatitude = 91\nlongitude = 0\nradius_m = 100\n",
    "a place without a radius": "[wearer.W-1.geofence]\nlatitude = 1\nlongitude = 0\n",
    "a date": "[bluetooth]\nenabled = 2026-11-30\n",
    "a backslash that escapes nothing": '[roster]\nfile = "C:\\dir"\n',
    "a list that does not end": '[bluetooth]\nadapters = ["hci0"\n',
    "a table within a line that does not end": "[bluetooth]\nx = {a = 1\n",
    "a key without a value": "[bluetooth]\nenabled =\n",
    "two statements in a line": "[bluetooth]\nenabled = true connections = 5\n",
}
INPUTS: dict[str, bytes] = {**_WHOLE, **{name: (GOOD + text).encode() for name, text in _BEHIND.items()}}


def said(planted: bytes, folder: Path) -> str:
    """Every mistake in one line of ours, in both languages, with its file and its line."""
    path = folder / "gateway.toml"
    path.write_bytes(planted)
    examined = examine(path)
    assert examined.settings is None or all(one.key == "store.key_file" for one in examined.mistakes)
    assert examined.mistakes
    lines = [in_words(one, language) for one in examined.mistakes for language in ("en", "zh-CN")]
    assert all(one.code in WORDS for one in examined.mistakes), examined.mistakes
    assert all(line.startswith(str(folder)) and "\n" not in line for line in lines)
    path.write_text(GOOD)
    assert examine(path).settings
    return lines[0]

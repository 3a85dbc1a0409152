"""Lines at the control socket."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from fake_devices.patience import HANGS_S
from tests.gateway.cli.running import control_socket

KIND, PARSER = "a line at the control socket", "gateway/control/listening.py"
GOOD = b'{"verb":"hello"}\n'

INPUTS: dict[str, bytes] = {
    "an empty line": b"\n",
    "blanks": b"   \n",
    "a word": b"status\n",
    "half an object": b'{"verb":"sta\n',
    "no UTF-8": b'{"verb":"\xff"}\n',
    "UTF-16": '{"verb":"status"}'.encode("utf-16") + b"\n",
    "zeros": bytes(100) + b"\n",
    "a list": b'["status"]\n',
    "a number": b"5\n",
    "null": b"null\n",
    "an object without a verb": b"{}\n",
    "a verb of null": b'{"verb":null}\n',
    "a verb that is a number": b'{"verb":5}\n',
    "a verb that is a list": b'{"verb":["status"]}\n',
    "a verb of nothing": b'{"verb":""}\n',
    "a verb of 65 letters": b'{"verb":"' + b"x" * 65 + b'"}\n',
    "an unknown verb": b'{"verb":"explode"}\n',
    "a verb in capitals": b'{"verb":"HELLO"}\n',
    "args that are a text": b'{"verb":"status","args":"all"}\n',
    "args that are a list": b'{"verb":"status","args":[1]}\n',
    "args of null": b'{"verb":"status","args":null}\n',
    "another gateway's folder": b'{"verb":"hello","data_dir":"/elsewhere"}\n',
    "a folder that is a number": b'{"verb":"hello","data_dir":5}\n',
    "two objects in a line": b'{"verb":"hello"}{"verb":"hello"}\n',
    "a request of HTTP": b"GET / HTTP/1.1\r\n",
    "so deep that a parser falls over": b'{"verb":"status","args":{"a":' + b"[" * 30_000 + b"\n",
    "a line of 200,000 letters": b"x" * 200_000 + b"\n",
    "a number of 10,000 digits": b'{"verb":"explode","args":{"a":' + b"9" * 10_000 + b"}}\n",
}


def said(planted: bytes, folder: Path) -> str:
    """It is answered with an error, and the next request on the same line is answered as ever."""
    return asyncio.run(_said(planted, folder))


async def _said(planted: bytes, folder: Path) -> str:
    async with control_socket(folder, {}), asyncio.timeout(HANGS_S):
        reader, writer = await asyncio.open_unix_connection(str(folder / "control"))
        writer.write(planted + GOOD)
        errors = [json.loads(await reader.readline())["error"]]
        while "error" in (line := json.loads(await reader.readline())):
            errors.append(line["error"])
        assert line == {"done": True}
        writer.close()
        await writer.wait_closed()
    return str(errors[0])

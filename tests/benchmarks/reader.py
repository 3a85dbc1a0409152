"""The yardstick: an asyncio program that reads a serial line and does nothing with it.

    reader.py TTY

What it uses of the processor at 200 frames/s is what waking up and reading cost on this machine; no gateway in asyncio can
use less.
"""

from __future__ import annotations

import asyncio
import os
import sys


async def main(port: str) -> None:
    """Reads for ever."""
    line = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    asyncio.get_running_loop().add_reader(line, os.read, line, 65536)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

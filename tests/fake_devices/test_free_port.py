"""Whoever asks for a port has it for itself, however many ask at once and however long a server is down."""

from __future__ import annotations

import random
import subprocess
import sys

from fake_devices.free_port import OF_A_PROCESS, free_port

MANY = OF_A_PROCESS // 2
SAYS_ITS_PORTS = f"""
import random
from fake_devices.free_port import free_port
random.seed(1)
print(*(free_port() for _ in range({MANY})))
input()
"""


def test_two_processes_are_given_different_ports_and_one_does_not_get_the_same_again_soon() -> None:
    run = (sys.executable, "-c", SAYS_ITS_PORTS)
    random.seed(1)
    ours = [free_port() for _ in range(MANY)]
    with subprocess.Popen(run, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        theirs = list(map(int, other.stdout.readline().split()))
        other.communicate("\n")

    assert len({*ours, *theirs}) == 2 * MANY

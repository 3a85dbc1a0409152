"""What stands before the command of every process that a test starts: the kernel kills it when the test run dies.

A run that is killed with -9 can put nothing away; without this a broker, a bus and a gateway would live on (prctl(2),
PR_SET_PDEATHSIG).
"""

from __future__ import annotations

DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")

"""What is to end, ends: some seconds later the process is gone, whatever hangs in it."""

from __future__ import annotations

import faulthandler
import os
import signal

END_S = 9.0  # the contract: within ten
STDERR = 2


class Deadline:
    """A thread of SQLite that waits for a dead card, or a look-up of a name, cannot be cancelled, and keeps a process alive."""

    def __init__(self) -> None:
        self._begun = False

    def begin(self) -> None:
        """From now on END_S are left, however often it begins; then stderr has what each thread waits for, exit code 1."""
        if not self._begun:
            self._begun = True
            if not os.isatty(STDERR):
                os.set_blocking(STDERR, False)  # nor is anybody waited for who does not read it
            try:
                faulthandler.dump_traceback_later(END_S, exit=True)
            except RuntimeError:  # the system gives no thread for it
                signal.setitimer(signal.ITIMER_REAL, END_S)  # SIGALRM, which nobody handles

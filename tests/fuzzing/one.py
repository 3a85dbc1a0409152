"""One target under atheris, in a process of its own: `python -m tests.fuzzing.one MODULE NAME [OPTION|FOLDER...]`.

What reads the bytes is instrumented as it is imported, so nothing of the project is imported before.
"""

from __future__ import annotations

import logging
import sys

import atheris
import structlog

COUNT_EVERY = 64  # inputs; counting the steps of each would take many times as long


def main() -> None:
    """Until libFuzzer ends it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    module, name = sys.argv.pop(1), sys.argv.pop(1)
    with atheris.instrument_imports(include=["gateway", "drivers"]):
        from tests.fuzzing.target import take_counted
        from tests.fuzzing.targets import targets

        target = next(target for target in targets(module) if target.name == name)
    runs = 0

    def take(data: bytes) -> None:
        nonlocal runs
        runs += 1
        if runs % COUNT_EVERY:
            target.take(data)
        else:
            take_counted(target, data)

    atheris.Setup(sys.argv, take)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Every reader of bytes from outside that is fuzzed by coverage, by its name."""

from __future__ import annotations

from tests.fuzzing import of_drivers, of_files, of_framing, of_intake, of_messages, of_sms, of_tables, of_talks
from tests.fuzzing.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (of_framing, of_drivers, of_talks, of_intake, of_messages, of_tables, of_sms, of_files)
    for target in module.targets()
}

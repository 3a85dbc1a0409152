"""`lifering unenroll`: a wristband that is nobody's any more."""

from __future__ import annotations

import argparse

from gateway.cli.enrolling import address, carry_out, configuration
from gateway.cli.usage import Parser
from gateway.settings.enrolling import unenroll
from gateway.settings.machine.credentials import within_reach


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("address", type=address, metavar="ADDRESS", help=parser.words("address"))
    configuration(parser)


@within_reach()
def run(args: argparse.Namespace) -> int:
    """Takes it out of the file in which it stands, and the running gateway hears it no more. 2: it is not enrolled."""
    return carry_out("unenroll", args, lambda: unenroll(args.config, args.address))

"""`lifering enroll`: whose a wristband is, from now on, without a restart."""

from __future__ import annotations

import argparse
from pathlib import Path

from gateway.cli.enrolling import address, carry_out, configuration
from gateway.cli.usage import Parser
from gateway.settings.enrolling import enroll
from gateway.settings.machine.credentials import within_reach
from gateway.settings.new_band import NewBand


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("address", type=address, metavar="ADDRESS", help=parser.words("address"))
    parser.add_argument("--driver", required=True, metavar="D", help=parser.words("enroll driver"))
    parser.add_argument("--wearer", required=True, metavar="W", help=parser.words("enroll wearer"))
    parser.add_argument("--room", default="", metavar="R", help=parser.words("enroll room"))
    parser.add_argument("--key-file", type=Path, metavar="F", help=parser.words("enroll key file"))
    configuration(parser)


@within_reach()
def run(args: argparse.Namespace) -> int:
    """Writes it where the others stand, and has the running gateway take it up. 2: it cannot be so, nothing is written."""
    band = NewBand(args.address, args.driver, args.wearer, args.room, args.key_file)
    return carry_out("enroll", args, lambda: enroll(args.config, band))

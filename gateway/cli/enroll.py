"""`lifering enroll`: whose a wristband is, from now on, without a restart."""

from __future__ import annotations

import argparse
from pathlib import Path

from gateway.cli.enrolling import address, carry_out, configuration
from gateway.settings.enrolling import enroll
from gateway.settings.new_band import NewBand


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("address", type=address, metavar="ADDRESS", help="the wristband's, such as C0:FF:EE:00:00:01")
    parser.add_argument("--driver", required=True, metavar="D", help="how it speaks, see `lifering drivers`")
    parser.add_argument("--wearer", required=True, metavar="W", help="the pseudonym of the one who wears it, never a name")
    parser.add_argument("--room", default="", metavar="R", help="where the wearer lives, such as 3-201")
    parser.add_argument("--key-file", type=Path, metavar="F", help="file with its key in hexadecimal digits")
    configuration(parser)


def run(args: argparse.Namespace) -> int:
    """Writes it where the others stand, and has the running gateway take it up. 2: it cannot be so, nothing is written."""
    band = NewBand(args.address, args.driver, args.wearer, args.room, args.key_file)
    return carry_out("enroll", args, lambda: enroll(args.config, band))

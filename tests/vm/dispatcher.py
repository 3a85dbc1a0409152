#!/usr/bin/python3
"""The platform, in the guest: writes down each event of an alert that comes, then says so. Needs Debian's programs alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

TOLD = Path("/var/lib/dispatcher/told")  # a line for each event: its name, event, kind, wearer, alert
AS_PLATFORM = ("-h", "127.0.0.1", "-u", "platform", "-P", "secret", "-q", "1")


def main() -> int:
    """As long as the broker is there; systemd starts it again."""
    listen = ["mosquitto_sub", *AS_PLATFORM, "-i", "platform", "-c", "-t", "lifering/v1/+/up/alerts"]
    with subprocess.Popen(listen, stdout=subprocess.PIPE, text=True) as coming, TOLD.open("a") as told:
        assert coming.stdout
        for line in coming.stdout:
            event = json.loads(line)
            name = f"{event['id']}#{event['seq']}"
            print(name, event["event"], event["kind"], event["wearer"] or "-", event["id"], file=told, flush=True)
            os.fsync(told.fileno())
            _give_receipt(event["id"].partition("/")[0], name)
    return 1


def _give_receipt(gateway: str, name: str) -> None:
    receipt = json.dumps({"ids": [name], "status": "ok"})
    subprocess.run(["mosquitto_pub", *AS_PLATFORM, "-t", f"lifering/v1/{gateway}/down/receipts", "-m", receipt], check=True)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""In the guest: what the gateway answers by its control socket, in lines for a shell, quicker than `lifering status`.

waiting N           events of alerts that have no receipt
open ALERT WEARER   an alert of a key
"""

import json
import socket


def main() -> None:
    """Raises OSError where no gateway answers."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("/run/lifering/control")
        line.sendall(b'{"verb":"status","args":{}}\n')
        answer = json.loads(line.makefile().readline())
    print("waiting", answer["queued"]["alerts"])
    for alert in answer["open"]:
        if alert["kind"] == "sos":
            print("open", alert["id"], alert["wearer"])


if __name__ == "__main__":
    main()

"""Whether a request comes from where it seems to come: by the name it asks for, and by the page that sent it. Pure.

A page of somebody else whose name suddenly points here (DNS rebinding) asks for that name; a form of somebody else says so in
Origin (RFC 6454). Addresses cannot be rebound, so each is taken.
"""

from __future__ import annotations

import re
from ipaddress import ip_address


def is_this_machine(host: str, name: str) -> bool:
    """Whether the Host of a request is one of ours. `name`: of this machine."""
    asked = re.sub(r":[0-9]{1,5}$", "", host).lower()
    if asked in ("localhost", name.lower(), f"{name.lower()}.local", f"{name.lower()}.lan"):
        return True
    try:
        ip_address(asked.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def is_of_this_page(origin: str | None, host: str) -> bool:
    """Whether a POST was sent by the page itself."""
    return origin == f"http://{host}"

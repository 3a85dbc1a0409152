"""The lines that modems say unasked, and what each of them means to us. Pure.

Sources: 3GPP TS 27.005 and 27.007; the lists of SIM800 (AT manual V1.09), SIM7600, Quectel EC2x, Huawei and ZTE.
"""

from __future__ import annotations

import re
from typing import Literal

News = Literal[
    "nothing",
    "boot",  # it begins anew: every setting is gone
    "power_down",
    "sim_gone",
    "messages_work",  # after a boot: the SIM's messages can be used
    "sim_ready",
    "message_stored",
    "report_stored",
    "message",  # with the PDU in the next line
    "report",  # the same
    "store_full",
]

MEANINGS: tuple[tuple[str, News], ...] = (
    ("RDY", "boot"),
    ("NORMAL POWER DOWN", "power_down"),
    ("POWERED DOWN", "power_down"),
    ("UNDER-VOLTAGE POWER DOWN", "power_down"),
    ("UNDER-VOLTAGE WARN", "nothing"),  # SIM800 writes WARNNING
    ("+CPIN: NOT INSERTED", "sim_gone"),
    ("+CPIN: READY", "sim_ready"),
    ("^SIMST:0", "sim_gone"),
    ("^SIMST: 0", "sim_gone"),
    ("SMS READY", "messages_work"),
    ("SMS DONE", "messages_work"),
    ("+QIND: SMS DONE", "messages_work"),
    ("+CMTI:", "message_stored"),
    ("+CDSI:", "report_stored"),
    ("+CMT:", "message"),
    ("+CDS:", "report"),
    ("^SMMEMFULL:", "store_full"),
    *(
        (beginning, "nothing")
        for beginning in (
            *("RING", "+CRING:", "+CLIP:", "NO CARRIER", "+CREG:", "+CGREG:", "+CEREG:", "+CBM:", "+CUSD:"),
            *(
                "+CTZV:",
                "*PSUTTZ:",
                "+CFUN:",
                "CALL READY",
                "PB DONE",
                "*ATREADY:",
                "+CNSMOD:",
                "+NITZ:",
                "VOICE CALL:",
            ),
            *("MISSED_CALL:", "+QUSIM:", "+QIND:", "^RSSI:", "^HCSQ:", "^RSSILVL:", "^MODE:", "^BOOT:", "^DSFLOWRPT:"),
            *("^SRVST:", "^SIMST:", "^STIN:", "^CSNR:", "^NWTIME:", "+ZUSIMR:", "+ZEND", "+CPIN: NOT READY"),
        )
    ),
)
REGISTRATION = ("+CREG:", "+CEREG:")
AN_ANSWER = re.compile(r"[0-9],\s*[0-9]{1,2}\s*(,|$)")  # the mode first; unasked there is a cell in quotes, or nothing


def news_of(line: str, prefix: str = "") -> News | None:
    """What this line says unasked; None: it is none of these. `prefix`: how the answer begins that is waited for."""
    upper = line.upper()
    if prefix and upper.startswith(prefix) and (prefix not in REGISTRATION or AN_ANSWER.match(upper[len(prefix) :].strip())):
        return None
    for beginning, news in MEANINGS:
        if upper.startswith(beginning):
            return news
    return None

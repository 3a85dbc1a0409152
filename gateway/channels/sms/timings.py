"""How long a modem is given for what it does, in seconds. Pure. (`sms-modem`: what makers and users report.)"""

from __future__ import annotations

from msgspec import Struct


class Timings(Struct, frozen=True, kw_only=True):
    """Tests have others."""

    answer_s: float = 5  # an ordinary command
    wake_s: float = 0.3  # between two AT
    old_modem_s: float = 2  # AT+CPIN? of one that ends its answer with nothing
    function_s: float = 15  # AT+CFUN=1
    pin_s: float = 20
    sim_s: float = 30  # a SIM that says that it is busy
    network_s: float = 120  # until it is told that there is none
    look_for_network_s: float = 5
    mode_s: float = 30  # AT+CMGF=0 before "SMS Ready"
    store_s: float = 20  # AT+CMGL, AT+CMGD of all
    prompt_s: float = 5
    behind_prompt_s: float = 0.1  # Huawei sticks lose the first characters otherwise
    sent_s: float = 120  # Quectel's bound, and most makers'
    late_final_s: float = 10  # an OK behind its +CMGS, or the other way round
    escape_s: float = 0.5
    busy_s: float = 1
    idle_s: float = 60  # between two looks at a modem that has nothing to do
    tidy_s: float = 600  # between two looks into its store
    empty_place_s: float = 0.5  # Huawei tells of a message before its store has it
    boot_s: float = 30  # after a reset, until it says something
    messages_work_s: float = 20  # after a boot, where it says nothing of it
    silent_s: float = 10  # between two tries with one that does not answer
    fault_s: float = 60  # between two looks at a SIM that is missing or refused
    parts_s: float = 600  # until a message is handed over without the parts that did not come
    between_resets_s: float = 300
    resets_hour_s: float = 3600


REAL = Timings()

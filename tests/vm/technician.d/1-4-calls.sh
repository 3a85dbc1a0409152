#!/bin/sh
# A band calls for help
# Promised: the SOS is at the broker, a receipt ends its repeating, a person closes it; nobody but the gateway has the port
. ./words.sh
press C0:FF:EE:00:00:09 W-009
is_open "$alert" || broken "$alert is not open"
until_true 120 "the receipt is taken" has_receipts
say "the gateway has the platform's receipt"
closes "$alert"
port=$(readlink -f "$hub")
holders=$(find /proc/[0-9]*/fd -lname "$port" 2>/dev/null | cut -d / -f 3 | sort -u)
[ "$holders" = "$(systemctl show --property MainPID --value lifering)" ] || broken "$port is open in $holders"
say "$port is the gateway's alone"

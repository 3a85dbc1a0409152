#!/bin/sh
# The machine is rebooted while an alert is open
# Promised: the gateway stops in order, and nothing fails
. ./words.sh
press C0:FF:EE:00:00:09 W-009
echo "$alert" >/out/open
systemctl stop lifering
[ "$(systemctl show --property Result --value lifering)" = success ] || broken "it does not stop in order"
nothing_failed

#!/bin/sh
# The machine is back after the reboot
# Promised: the gateway runs by itself, the alert is open still, and a person closes it
. ./words.sh
until_true 300 "the gateway answers" answers
alert=$(cat /out/open)
is_open "$alert" || broken "$alert is not open any more: $(status)"
say "$alert is open still"
closes "$alert"
nothing_failed

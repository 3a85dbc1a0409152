#!/bin/sh
# A version that cannot run is installed
# Promised: the one before takes its place by itself; the alert is open still, a person closes it, and the next press is heard
. ./words.sh
trial_is_over() { ! systemctl is-active lifering-trial | grep -q activating; }

dpkg -i /out/broken.deb
[ "$(current)" = 10000 ] || broken "$(current) runs in place of the new one"
until_true 900 "the trial ends" trial_is_over
journalctl --boot --unit lifering-trial --output cat | grep 'version 10000 did not serve, so 9999 runs again'
[ "$(current)" = 9999 ] || broken "a version that cannot run was kept: $(current)"
until_true 300 "the gateway answers" answers
alert=$(cat /out/open)
is_open "$alert" || broken "$alert is not open any more: $(status)"
closes "$alert"
press C0:FF:EE:00:00:10 W-010
closes "$alert"

#!/bin/sh
# A newer version is installed while an alert is open; it is on trial for a minute, by a setting
# Promised: it takes over and stays, and the alert is open still
. ./words.sh
trial_is_over() { ! systemctl is-active lifering-trial | grep -q activating; }

before=$(current)
mkdir -p /run/systemd/system/lifering-trial.service.d
printf '[Service]\nEnvironment=TRIAL_MINUTES=1\n' >/run/systemd/system/lifering-trial.service.d/short.conf
press C0:FF:EE:00:00:09 W-009
echo "$alert" >/out/open
dpkg -i /out/next.deb
[ "$(current)" = 9999 ] || broken "$(current) runs in place of the newer version"
[ "$(readlink /usr/lib/lifering/previous)" = "$before" ] || broken "the version before is not kept"
systemctl is-active lifering-trial | grep activating || broken "it is not on trial"
until_true 900 "the trial ends" trial_is_over
journalctl --boot --unit lifering-trial --output cat | grep 'version 9999 has served for 1 minutes'
[ "$(current)" = 9999 ] || broken "$(current) runs"
is_open "$alert" || broken "$alert is not open any more"
say "9999 runs, and $alert is open still"

#!/bin/sh
# Taken off it leaves the data, purged it leaves nothing.
set -eu
broken() { echo "$*" && exit 1; }

dpkg --remove lifering
[ -e /var/lib/lifering/alerts.db ] || broken "the alerts are gone"
dpkg --purge lifering
left=$(find / -xdev -name '*lifering*' -not -path '/out/*' -not -path '/var/log/*' -not -path '/var/lib/systemd/*' -not -path '/run/*')
[ -z "$left" ] || broken "left: $left"
! id lifering 2>/dev/null || broken "the user is left"
failed=$(systemctl --failed --no-legend --plain)
[ -z "$failed" ] || broken "failed: $failed"

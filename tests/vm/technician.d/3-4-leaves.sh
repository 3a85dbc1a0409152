#!/bin/sh
# The package is taken off, then purged
# Promised: taken off it leaves the data, purged it leaves nothing: no file, no user, no process
. ./words.sh
dpkg --remove lifering
[ -e /var/lib/lifering/alerts.db ] || broken "the alerts are gone"
[ -e /etc/lifering/gateway.toml ] || broken "the configuration is gone"
say "taken off: configuration and data are there"
dpkg --purge lifering
left=$(find / -xdev -name '*lifering*' -not -path '/out/*' -not -path '/var/log/*' -not -path '/var/lib/systemd/*' -not -path '/run/*')
[ -z "$left" ] || broken "left: $left"
! id lifering 2>/dev/null || broken "the user is left"
! pgrep --full /usr/bin/lifering || broken "it still runs"
nothing_failed
say "purged: nothing is left"

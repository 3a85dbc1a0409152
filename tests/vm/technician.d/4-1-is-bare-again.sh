#!/bin/sh
# The machine boots without the package
# Promised: systemd says that it runs, and nothing failed
. ./words.sh
state=$(systemctl is-system-running --wait || true)
nothing_failed
[ "$state" = running ] || broken "$state"
[ ! -e /run/lifering ] || broken "/run/lifering is there"
say "it is $state"

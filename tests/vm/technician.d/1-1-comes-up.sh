#!/bin/sh
# A machine comes up, with a hub at its USB port, with ModemManager and brltty
# Promised: systemd says that it runs, nothing failed, and the port has a name that stays
. ./words.sh
say "$(sed -n 's/^PRETTY_NAME="\(.*\)"$/\1/p' /etc/os-release), $(systemctl --version | head -n 1), Linux $(uname -r)"
until_true 300 "udev has seen the hub" test -e "$hub"
state=$(systemctl is-system-running --wait || true)
nothing_failed
[ "$state" = running ] || broken "$state"
say "it is $state; the hub is $(readlink -f "$hub")"

#!/bin/sh
# The machine comes up: systemd has started all that it should, and nothing failed.
set -eu
release=$(sed -n 's/^PRETTY_NAME="\(.*\)"$/\1/p' /etc/os-release)
systemctl --version | head -n 1
echo "$release, Linux $(uname -r), up for $(cut -d ' ' -f 1 /proc/uptime) s"
systemctl is-system-running --wait || true
failed=$(systemctl --failed --no-legend --plain)
[ -z "$failed" ] || { echo "failed: $failed" && exit 1; }

#!/bin/sh
# The machine comes up: systemd has started all that it should, and nothing failed.
set -eu
. /etc/os-release
systemctl --version | head -n 1
echo "$PRETTY_NAME, Linux $(uname -r), up for $(cut -d ' ' -f 1 /proc/uptime) s"
systemctl is-system-running --wait || true
failed=$(systemctl --failed --no-legend --plain)
[ -z "$failed" ] || { echo "failed: $failed" && exit 1; }

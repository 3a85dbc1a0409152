#!/bin/sh
# After a reboot it runs. A newer version takes over and is on trial; one that cannot run gives way to the one before.
set -eu
broken() { echo "$*" && exit 1; }
current() { readlink /usr/lib/lifering/current; }

systemctl is-active lifering
first=$(current)
dpkg -i /out/next.deb
systemctl is-active lifering
[ "$(current)" = 9999 ] || broken "the newer version does not run: $(current)"
systemctl is-active lifering-trial | grep activating

echo 'raise SystemExit(1)' >/usr/lib/lifering/9999/gateway/__main__.py
systemctl restart lifering || true
for _ in $(seq 60); do
    systemctl is-active lifering-trial | grep -q activating || break
    sleep 5
done
[ "$(current)" = "$first" ] || broken "a version that cannot run was kept"
journalctl --boot --unit lifering-trial --output cat
systemctl is-active lifering

#!/bin/sh
# A data folder outside the sandbox: the service starts, hears, and says what to do; `doctor --fix` opens it to the gateway that runs,
# which puts there what it held in memory. A disk that is away keeps nobody from starting.
set -eu
broken() { echo "$*" && exit 1; }
state() { systemctl show --property "$1" --value lifering; }
drop_in=/etc/systemd/system/lifering.service.d/data.conf

sed -i 's|^id = .*|&\ndata_dir = "/srv/lifering"|' /etc/lifering/gateway.toml
systemctl restart lifering
systemctl is-active lifering
main=$(state MainPID)
state StatusText | grep "$drop_in" || broken "systemctl status does not name the drop-in: $(state StatusText)"
journalctl --boot --unit lifering --output cat "_PID=$main" | head -n 1 | grep "$drop_in" || broken "the first line of the log does not name the drop-in"

lifering doctor --fix || true
grep -x 'ReadWritePaths=-/srv/lifering' "$drop_in"
for _ in $(seq 60); do
    [ ! -e /srv/lifering/alerts.db ] || [ -n "$(state StatusText)" ] || break
    sleep 1
done
[ -e /srv/lifering/alerts.db ] || broken "what was in memory is not on the disk"
[ -z "$(state StatusText)" ] || broken "it still says: $(state StatusText)"
[ "$(state MainPID)" = "$main" ] || broken "the gateway was restarted, and what it held in memory is gone"

systemctl restart lifering
[ -z "$(state StatusText)" ] || broken "the drop-in opens nothing: $(state StatusText)"
systemctl stop lifering
mv /srv/lifering /srv/taken-out
systemctl start lifering
systemctl is-active lifering
systemctl stop lifering
rm -rf /srv/lifering /srv/taken-out
sed -i '/^data_dir/d' /etc/lifering/gateway.toml
rm -r "$(dirname "$drop_in")"
systemctl daemon-reload
systemctl start lifering
systemctl is-active lifering
sync

#!/bin/sh
# The package is installed without a network. The example is not run; a configuration is, with its password out of /etc/credstore;
# a faulty one fails the reload, and changes nothing; a band is enrolled by the running gateway.
set -eu
broken() { echo "$*" && exit 1; }
state() { systemctl show --property "$1" --value lifering; }

dpkg -i /out/lifering.deb
systemctl start lifering
[ "$(state ActiveState)" = inactive ] || broken "the example is run: $(state ActiveState)"
[ "$(state NRestarts)" = 0 ] || broken "it is started again and again"

cat >/etc/lifering/gateway.toml <<'TOML'
[gateway]
id = "here"
language = "zh-CN"
[mqtt]
host = "127.0.0.1"
username = "here"
password_file = "mqtt-password"
tls = false
insecure = true
[bluetooth]
enabled = false
[roster]
file = "wristbands.csv"
[[serial]]
name = "hub"
port = "/dev/serial/by-id/usb-hub"
driver = "serial-hub"
TOML
install -d -m 0700 /etc/credstore
printf secret >/etc/credstore/mqtt-password
systemctl restart lifering
systemctl is-active lifering
lifering status >/dev/null

systemctl reload lifering
main=$(state MainPID)
sed -i 's/^id = .*/id = "x y"/' /etc/lifering/gateway.toml
! systemctl reload lifering || broken "a faulty file is reloaded"
journalctl --boot --unit lifering --output cat | grep '^/etc/lifering/gateway.toml:2: gateway.id: '
[ "$(state ActiveState) $(state MainPID)" = "active $main" ] || broken "a faulty file ended it"
sed -i 's/^id = .*/id = "here"/' /etc/lifering/gateway.toml

lifering enroll C0:FF:EE:00:00:09 --driver serial-hub --wearer W-009 --room 3-109
grep C0:FF:EE:00:00:09 /etc/lifering/wristbands.csv
sync

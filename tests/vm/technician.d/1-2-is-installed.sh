#!/bin/sh
# The package is installed, of its file alone
# Promised: without a network; the example is not run; ModemManager and brltty leave the port alone
. ./words.sh
state() { systemctl show --property "$1" --value lifering; }

[ "$(ls /sys/class/net)" = lo ] || broken "there is a network: $(ls /sys/class/net)"
say "brltty is $(systemctl is-active brltty || true), ModemManager $(systemctl is-active ModemManager)"
dpkg -i /out/lifering.deb
say "installed: $(current)"
systemctl start lifering
[ "$(state ActiveState)" = inactive ] || broken "the example is run: $(state ActiveState)"
[ "$(state NRestarts)" = 0 ] || broken "it is started again and again"
udevadm settle
udevadm info --query=property --name="$hub" | grep ID_MM_PORT_IGNORE=1
! systemctl is-active --quiet brltty || broken "brltty runs"
[ "$(systemd-detect-virt)" = kvm ] || { # an emulated processor needs a minute for what takes a Raspberry Pi two seconds
    mkdir -p /etc/systemd/system/lifering.service.d
    printf '[Service]\nTimeoutStartSec=600\nWatchdogSec=300\n' >/etc/systemd/system/lifering.service.d/slowly.conf
    systemctl daemon-reload
    say "the processor is emulated: the limits of its start and of its watchdog are longer"
}
nothing_failed

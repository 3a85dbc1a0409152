#!/bin/sh
# The power goes while two alerts are open; the platform knows one, of the other only the gateway's disk, for the broker is down
# Promised: both are on the disk when the gateway says so
. ./words.sh
its_own() { status | grep -q '^open .* W-010$'; }

press C0:FF:EE:00:00:09 W-009
echo "$alert" >/out/open
systemctl stop mosquitto
outside press C0:FF:EE:00:00:10
until_true 300 "the SOS of W-010 is open" its_own
status | sed -n 's/^open \(.*\) W-010$/\1/p' >>/out/open
say "open are $(xargs </out/open); the power goes"
echo "2-2-loses-its-power $(now)" >>/out/kept
outside cut
sleep infinity

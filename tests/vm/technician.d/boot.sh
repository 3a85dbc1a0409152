#!/bin/sh
# In the guest: does the stories of one boot, those whose names begin with its number, in order. A story that ends with 0 kept its
# promise, and /out/kept has its name and its seconds; at the first that did not the journal is shown.
#
#   sh boot.sh NUMBER
set -u
cd "$(dirname "$0")" || exit 1
for story in "$1"-*.sh; do
    name=${story%.sh}
    echo "$name: $(sed -n '2s/^# //p' "$story")"
    began=$(cut -d . -f 1 /proc/uptime)
    if ! timeout 1200 sh -eu "$story"; then
        echo "$name: not as promised. The journal says:"
        journalctl --boot --no-pager --output short-monotonic --lines 150 \
            --unit lifering --unit lifering-trial --unit mosquitto --unit dispatcher --unit ModemManager --unit brltty
        journalctl --boot --no-pager --output short-monotonic --lines 50 --priority warning
        exit 1
    fi
    echo "$name $(($(cut -d . -f 1 /proc/uptime) - began))" >>/out/kept
done

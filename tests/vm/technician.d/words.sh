# What the stories are told in: `. ./words.sh`
# shellcheck shell=sh disable=SC2034  # what it names is used by the stories
hub=/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_0001-if00-port0
told=/var/lib/dispatcher/told # a line for each event that came: its name, event, kind, wearer, alert

now() { cut -d . -f 1 /proc/uptime; }
say() { echo "    $(now) s: $*"; }
broken() { say "BROKEN: $*" && exit 1; }

# until_true SECONDS WHAT COMMAND...: returns when the command succeeds
until_true() {
    end=$(($(now) + $1)) what=$2
    shift 2
    until "$@"; do
        [ "$(now)" -lt "$end" ] || broken "in vain: $what"
        sleep 1
    done
}

# outside WORDS...: asks whoever stands around the machine (tests/vm/technician.py)
outside() { echo "$*" >/dev/ttyS1; }

# raised WEARER: the alerts of this wearer's key that the platform was told of, in order
raised() { awk -v wearer="$1" '$2 == "raised" && $3 == "sos" && $4 == wearer && !seen[$5]++ { print $5 }' "$told"; }
more_raised() { [ "$(raised "$1" | wc -l)" -gt "$2" ]; }

# press ADDRESS WEARER: the band's key is pressed, and the platform has the alert, which is $alert then
press() {
    already=$(raised "$2" | wc -l)
    outside press "$1"
    until_true 300 "the SOS of $2 at the broker" more_raised "$2" "$already"
    alert=$(raised "$2" | tail -n 1)
    say "the SOS of $2 is at the broker: $alert"
}

# What the gateway itself says.
status() { python3 status.py 2>/dev/null; }
is_open() { status | grep -q "^open $1 "; }
is_closed() { answers && ! is_open "$1"; }
has_receipts() { status | grep -qx "waiting 0"; }
answers() { systemctl is-active --quiet lifering && status >/dev/null; }

# closes ALERT: a person at the platform does
closes() {
    command=$(printf '{"id": "c-%s", "verb": "resolve", "args": {"alert": "%s"}, "actor": "dispatcher-7"}' "$(cat /proc/sys/kernel/random/uuid)" "$1")
    mosquitto_pub -u platform -P secret -q 1 -t lifering/v1/here/down/commands -m "$command"
    until_true 300 "$1 is told as closed" grep -q " resolved sos .* $1$" "$told"
    until_true 120 "$1 is closed" is_closed "$1"
    say "the platform closes $1"
}

# brltty has ten seconds to stop, and an emulated processor is too slow for that on Debian 13: systemd kills it, and calls it failed.
nothing_failed() {
    failed=$(systemctl --failed --no-legend --plain | grep -v '^brltty' || true)
    [ -z "$failed" ] || broken "failed: $failed"
}
current() { readlink /usr/lib/lifering/current; }

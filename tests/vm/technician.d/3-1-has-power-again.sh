#!/bin/sh
# The machine has power again
# Promised: both alerts are open under the same ids, the one that nobody was told of comes to the platform, and a person closes both
. ./words.sh
knows() { raised W-010 | grep -qx "$1"; }

say "of its disk: $(journalctl --boot --dmesg --output cat | grep -iE 'recover|orphan' | xargs || true)"
until_true 300 "the gateway answers" answers
while read -r alert; do is_open "$alert" || broken "$alert is lost: $(status)"; done </out/open
until_true 300 "the platform is told of the second" knows "$(tail -n 1 /out/open)"
say "both are open, and the platform knows both"
while read -r alert; do closes "$alert"; done </out/open
! journalctl --boot --unit lifering --output cat | grep -iE 'damaged|quarantine' || broken "files were damaged"
nothing_failed

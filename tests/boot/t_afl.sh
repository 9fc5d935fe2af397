#!/bin/bash
# hvmbed afl against AFL++'s side of the protocol, afl-showmap where it is installed, and its cases by hand.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

image=ovmfxen/RELEASE/OVMF.fd
have $image || skip_all "$(why_not $image)"
image=$FIRMWARE_DIR/$image
mkdir "$T/crashes"
# Where the sandbox has no /proc, leaks cannot be looked for.
serves() { ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" timeout 300 python3 "$SRC/tests/boot/afl_peer.py" 16 "$T/crashes" "$HVMBED" afl "$image"; }
replays() { # a crash, by hand and as a layout
    "$HVMBED" afl -o "$T/crash.cfg" "$image" "$T/crashes/crash-1" >"$T/out"
    [ $? = 1 ] || return
    cat "$T/out"
    "$HVMBED" run -q -f json --handoff hvm -l "$T/crash.cfg" "$image" >"$T/json" 2>"$T/err"
    [ $? = 1 ] || [ $? = 3 ] || { cat "$T/err"; grep type "$T/crash.cfg"; return 1; }
    jq -e --arg what "$(cut -d' ' -f3 "$T/out" | tr -d :)" \
        'any(.findings[]; .rule == $what) or .ending == $what' "$T/json"
}
seeds() {
    "$HVMBED" afl --write-seeds "$T/seeds" "$image" && [ "$(ls "$T/seeds" | wc -l)" -gt 10 ] &&
        "$HVMBED" afl "$image" "$T/seeds/preset-000" | grep -q ': nothing$'
}
alone() { # without AFL it says what it is for
    "$HVMBED" afl "$image" >"$T/out" 2>&1
    [ $? = 2 ] && grep -q afl-fuzz "$T/out"
}
ok "AFL's side: handshake, cases in shared memory, crashes that cost no child, a killed child" serves
ok "a crash by hand" replays
ok "seeds" seeds
ok "without AFL" alone
if command -v afl-showmap >/dev/null; then
    showmap() {
        AFL_QUIET=1 AFL_FORKSRV_INIT_TMOUT=120000 timeout 300 afl-showmap -t 60000 -o "$T/map" -- "$HVMBED" afl "$image" <"$T/seeds/preset-000" && [ "$(wc -l <"$T/map")" -gt 100 ]
    }
    ok "afl-showmap" showmap
else
    skip "afl-showmap" "AFL++ is not installed"
fi
done_testing

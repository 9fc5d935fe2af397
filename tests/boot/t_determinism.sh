#!/bin/bash
# The same boot gives the same JSON: twice, and on a busy machine.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

same() {
    code_is "$T/$1.1" 0 && [ -s "$T/$1.1" ] && cmp "$T/$1.1" "$T/$1.2" && cmp "$T/$1.1" "$T/$1.busy"
}
all_boots() { # SUFFIX
    local waits=()
    while read -r name image handoff; do
        have "$image" || continue
        at_once boot "$T/$name.$1" "$SRC/layouts/$handoff-1g.cfg" "$image"
        waits+=($!)
    done <<<"$BOOTS"
    [ ${#waits[@]} = 0 ] || wait "${waits[@]}"
}

all_boots 1
all_boots 2
loops=()
for _ in $(seq "$(nproc)"); do
    (while :; do :; done) &
    loops+=($!)
done
nproc() { echo 100; } # all at once now
all_boots busy
kill "${loops[@]}"
wait "${loops[@]}" 2>/dev/null
while read -r name image handoff; do
    if have "$image"; then
        ok "$name is the same every time" same "$name"
    else
        skip "$name is the same every time" "$(why_not "$image")"
    fi
done <<<"$BOOTS"
done_testing

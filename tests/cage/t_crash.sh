#!/bin/bash
# A process that boots may die, of whatever: it costs a case, which is tried again and then told, and nothing else.
. "$SRC/tests/tap.sh"
[ -z "${SAN-}" ] || skip_all "with a sanitizer a child takes so long that others are hit than those meant"
command -v jq >/dev/null || skip_all "jq is not installed"
command -v pgrep >/dev/null || skip_all "procps is not installed"
good=$BUILD/roms/good.fd
export NO_COLOR=1

# Stops the children of the process $1 as they come, and kills each with signal $2, $3 of them.
hunt() {
    local left=$3 child
    while [ "$left" -gt 0 ] && kill -0 "$1" 2>/dev/null; do
        child=$(pgrep -P "$1" | head -n 1)
        [ -n "$child" ] && kill -s "$2" "$child" 2>/dev/null && left=$((left - 1)) && sleep 0.05
    done
}
# SIGNAL TIMES COMMAND...: its exit code
shot() {
    local signal=$1 times=$2
    shift 2
    "$@" >"$T/out" 2>"$T/err" &
    local pid=$!
    hunt $pid "$signal" "$times"
    wait $pid
}

"$HVMBED" run -q "$good" >"$T/undisturbed"
once() { # a child that dies once costs nothing
    shot "$1" 1 "$HVMBED" run -q "$good" || { cat "$T/err"; return 1; }
    cat "$T/err"
    grep -q "killed by signal .* ($1); it will be tried again" "$T/err" && cmp "$T/out" "$T/undisturbed"
}
twice() { # in a boot that takes long enough to be hit
    shot "$1" 2 "$HVMBED" run -q -f json -f junit="$T/r.xml" --budget 100 "$BUILD/roms/budget-counter.fd"
    [ $? = 3 ] || { cat "$T/err"; return 1; }
    cat "$T/err"
    jq -e --arg s "($1)" '.verdict == "inconclusive" and .cases[0].state == "lost" and (.cases[0].reason | contains($s))' "$T/out" &&
        grep -q "($1)" "$T/r.xml" && ! ls "$T"/*.tmp 2>/dev/null
}
for signal in SEGV ABRT KILL; do
    ok "killed by SIG$signal once: tried again, the same report" once $signal
    ok "twice: inconclusive, with the reason, in each form" twice $signal
done
many() { # each child is hunted for a while: cases may be lost, the others are there
    shot SEGV 3 "$HVMBED" run -q -f json -l hvm-1g -l hvm-4g -l hvm-256m "$good"
    local code=$?
    [ $code = 0 ] || [ $code = 3 ] || return 1
    jq -e '(.cases | length) == 3 and all(.cases[]; .state == "booted" or .state == "lost")' "$T/out"
}
ok "of many cases others go on" many
limits() { # COMMAND...: 3, and why
    local why=$1
    shift
    "$@" >"$T/out" 2>"$T/err"
    [ $? = 3 ] && cat "$T/out" "$T/err" && grep -q "$why" "$T/err"
}
left_out() { # its worker is killed twice in the first case, whose boot takes long
    mkdir -p "$T/f" && cd "$T/f" || return
    shot SEGV 2 "$HVMBED" fuzz -q -l "$SRC/layouts/hvm-256m.cfg" -guest=hvm -runs=1 -mode=legal -budget=20 "$BUILD/roms/budget-counter.fd"
    local code=$?
    cat "$T/out" "$T/err"
    [ $code = 2 ] || [ $code = 3 ] || [ $code = 1 ] && grep -q 'case 0: killed by signal 11 (SEGV); inconclusive: it is left out' "$T/err" &&
        grep -q 'type = "hvm"' left-out-0.cfg
}
ok "a fuzzer leaves out a case that ends its process twice" left_out
ok "CPU time has an end" limits 'killed by signal 24 (XCPU): it used more CPU time than it may' \
    "$HVMBED" run -q --limit cpu=1 --budget 1000000 "$BUILD/roms/budget-counter.fd"
ok "so has memory" limits 'its process had more memory than it may' \
    "$HVMBED" run -q --limit memory=5M --budget 1000000 "$BUILD/roms/budget-counter.fd"
ok "and a report" test "$("$HVMBED" run -q --limit report=100 "$good" 2>&1; echo $?)" = \
    "hvmbed: standard output: write failed: File too large
2"
bad() { "$HVMBED" run -q --limit "$1" "$good" 2>"$T/err"; [ $? = 2 ] && grep -q -- '--limit' "$T/err"; }
for value in mem=5 memory cpu=x cpu=0 memory=5T report=-1; do ok "no limit: $value" bad $value; done
done_testing

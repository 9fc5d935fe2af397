#!/bin/bash
# Random kills, from a seed, of matrices and fuzzers and of their processes: no half-written file, no orphan, and what is
# taken up ends as what was never disturbed. KILLS: how many (make test-kill: 200).
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
command -v pgrep >/dev/null || skip_all "procps is not installed"
RANDOM=${SEED:-11}
kills=${KILLS:-6}
export NO_COLOR=1
roms=("$BUILD/roms/good.fd" "$BUILD/roms/dxe-good.fd" "$BUILD/roms/exec-null-call-flat.fd")

matrix() { # FOLDER
    exec "$HVMBED" run -q -l hvm-256m -l hvm-1g -l hvm-4g --resume "$1/done" -f json="$1/m.json" -f junit="$1/m.xml" \
        --reports "$1/reports" -f text "${roms[@]}" >"$1/out" 2>"$1/err"
}
fuzz() { # FOLDER
    cd "$1" && exec "$HVMBED" fuzz -q -l "$SRC/layouts/hvm-256m.cfg" -guest=hvm -artifact_prefix=found- -runs=3000 -seed=7 \
        -checkpoint=50 "$BUILD/roms/good.fd" corpus >out 2>err
}
pause() { sleep "0.$(printf '%03d' $((RANDOM % $1)))"; }
family() { # all descendants of PID
    local child
    for child in $(pgrep -P "$1"); do echo "$child"; family "$child"; done
}
# Whoever is hit, all are gone soon; with signals that can be told apart.
shoot() { # PID
    local targets=("$1") signals=(KILL TERM INT HUP) all signal=${signals[RANDOM % 4]} p
    all=$(family "$1")
    for p in $all; do targets+=("$p"); done
    p=${targets[RANDOM % ${#targets[@]}]}
    [ "$p" = "$1" ] || signal=KILL
    kill -s "$signal" "$p" 2>/dev/null
    echo "$signal $p of ${targets[*]}" >>"$T/shots"
    wait "$1"
    code=$?
    for _ in $(seq 100); do
        left=
        for p in $all; do [ -d "/proc/$p" ] && ! grep -q '^State:.*Z' "/proc/$p/status" 2>/dev/null && left+=" $p"; done
        [ -z "$left" ] && return
        sleep 0.02
    done
    echo "orphans:$left" >>"$T/bad"
}
whole() { # FOLDER: what is there is complete
    local f
    for f in "$1"/*.json "$1"/reports/*.json; do
        [ ! -e "$f" ] || jq -e . "$f" >/dev/null 2>&1 || echo "$f is not whole" >>"$T/bad"
    done
    [ ! -e "$1/m.xml" ] || tail -n 1 "$1/m.xml" | grep -q '</testsuites>' || echo "m.xml is not whole" >>"$T/bad"
    find "$1" -name '*.tmp' >>"$T/bad"
}
# VERB SAME: kills until there were enough; after each, what is there; then to the end, and SAME.
hunted() {
    local verb=$1 n=0 i=0 pid
    rm -rf "$T/$verb" && mkdir "$T/$verb"
    : >"$T/bad"
    while [ $n -lt "$kills" ]; do
        ("$verb" "$T/$verb") &
        pid=$!
        pause "$2"
        if kill -0 $pid 2>/dev/null; then shoot $pid && n=$((n + 1)); else wait $pid; fi
        whole "$T/$verb"
        i=$((i + 1))
        # Done before it was hit: anew.
        ! complete "$verb" || { compare "$verb" || echo "taken up, it ends otherwise" >>"$T/bad"; rm -rf "${T:?}/$verb" && mkdir "$T/$verb"; }
        [ $i -lt $((kills * 6)) ] || break
    done
    ("$verb" "$T/$verb")
    whole "$T/$verb"
    echo "$n kills in $i runs"
    tail -n 3 "$T/shots"
    cat "$T/bad"
    [ ! -s "$T/bad" ] && [ $n -ge "$kills" ] && compare "$verb"
}
runs() { sed -n 's/ runs in .*//p' "$1/err" 2>/dev/null | tail -n 1; }
complete() {
    case $1 in
    matrix) [ -e "$T/matrix/m.xml" ] && [ -s "$T/matrix/out" ] && grep -q 'cases:' "$T/matrix/out" ;;
    # Ended by a signal before its first state it has none either, and has not run.
    fuzz) [ ! -e "$T/fuzz/corpus/.hvmbed-fuzz-state" ] && [ "$(runs "$T/fuzz")" = "$(runs "$T/fuzz.ref")" ] ;;
    esac
}
compare() {
    case $1 in
    matrix)
        cmp "$T/matrix.ref/out" "$T/matrix/out" && cmp "$T/matrix.ref/m.json" "$T/matrix/m.json" &&
            cmp "$T/matrix.ref/m.xml" "$T/matrix/m.xml" && diff -r "$T/matrix.ref/reports" "$T/matrix/reports"
        ;;
    fuzz)
        # What was found before the last state is not printed again; the list at the end has all.
        diff <(grep ' boots$' "$T/fuzz.ref/out") <(grep ' boots$' "$T/fuzz/out") &&
            diff <(cd "$T/fuzz.ref" && ls found-* 2>/dev/null) <(cd "$T/fuzz" && ls found-* 2>/dev/null) &&
            diff -r -x .hvmbed-fuzz-state "$T/fuzz.ref/corpus" "$T/fuzz/corpus"
        ;;
    esac
}
for verb in matrix fuzz; do
    mkdir "$T/$verb.ref"
    ("$verb" "$T/$verb.ref")
done
sed -i 's/matrix\.ref/matrix/g' "$T/matrix.ref/out" "$T/matrix.ref/m.json" "$T/matrix.ref/m.xml" 2>/dev/null
ok "a matrix, $kills kills (seed ${SEED:-11})" hunted matrix 600
ok "a fuzzer, $kills kills" hunted fuzz 900

codes() { # SIGNAL NUMBER: it ends by the signal
    "$HVMBED" run -q --sec-lzma guest -l hvm-1g "$BUILD/roms/budget-counter.fd" >"$T/o" 2>&1 &
    local pid=$!
    sleep 0.7
    kill -s "$1" $pid
    wait $pid
    local code=$?
    echo "exit $code"
    [ $code = $((128 + $2)) ]
}
ok "SIGTERM: 143" codes TERM 15
ok "SIGHUP: 129" codes HUP 1
full() { "$@" >/dev/full 2>"$T/err"; [ $? = 2 ] && grep -q 'No space left' "$T/err"; }
ok "standard output is full: 2, and said" full "$HVMBED" run -q "$BUILD/roms/good.fd"
too_big() { # a file that cannot grow: nothing is left
    (ulimit -f 1; "$HVMBED" run -q -f "html=$T/big.html" "$BUILD/roms/good.fd" >"$T/out" 2>"$T/err")
    [ $? = 2 ] && cat "$T/err" && grep -q 'big.html: write failed: File too large' "$T/err" && ! ls "$T"/big* 2>/dev/null
}
ok "a file is full: 2, said, and not there" too_big
closed() { "$HVMBED" run -q -f "json=$T/kept.json" "$BUILD/roms/good.fd" | true; jq -e . "$T/kept.json" >/dev/null; }
ok "a closed pipe: files are there all the same" closed
done_testing

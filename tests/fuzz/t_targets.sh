#!/bin/bash
# Every fuzz target runs its corpus and what once broke it, whole, cut and changed, and a fixed number of mutants (drive.c: the
# same each time); each has a corpus, and a place in ClusterFuzzLite's build. What once broke it runs with sanitizers, too, where
# `make fuzz-targets` has built that.
. "$SRC/tests/tap.sh"
mutants=1000 total=0

inputs() { find "$SRC/tests/fuzz/corpus/$1" "$SRC/tests/fuzz/regressions/$1" -type f 2>/dev/null | sort; } # TARGET
drives() { # TARGET
    inputs "$1" | xargs timeout 120 "$BUILD/fuzz/$1" -runs=$mutants >"$T/runs" || return 1
    cat "$T/runs"
}
stands() { # TARGET: with sanitizers, once each
    inputs "$1" | xargs timeout 300 "$BUILD/libfuzzer/fuzz/$1"
}
for source in "$SRC"/tests/fuzz/targets/*.c; do
    name=$(basename "$source" .c)
    : >"$T/runs"
    ok "$name" drives "$name"
    runs=$(awk '{ n += $1 } END { print n + 0 }' "$T/runs")
    echo "# $name: $runs runs"
    total=$((total + runs))
done
echo "# $total runs in all"
for folder in "$SRC"/tests/fuzz/regressions/*/; do
    name=$(basename "$folder")
    if [ -x "$BUILD/libfuzzer/fuzz/$name" ]; then
        ok "$name: what once broke it, with sanitizers" stands "$name"
    fi
done
same() { # the same number means the same mutants, in the same order
    local a b
    a=$(inputs layout | xargs "$BUILD/fuzz/layout" -runs=50 -seed=3) && b=$(inputs layout | xargs "$BUILD/fuzz/layout" -runs=50 -seed=3)
    [ -n "$a" ] && [ "$a" = "$b" ]
}
ok "the same runs each time" same
builds_all() { grep -q build-fuzz-targets "$SRC/.clusterfuzzlite/build.sh"; }
ok "ClusterFuzzLite builds them" builds_all
done_testing

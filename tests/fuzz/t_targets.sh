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
# --- dictionaries: of a target, as the sources have it, and such that libFuzzer takes them
fresh() { PYTHONDONTWRITEBYTECODE=1 python3 "$SRC/tests/fuzz/dicts.py" "$T/dict" && diff -r "$T/dict" "$SRC/tests/fuzz/dict"; }
if command -v python3 >/dev/null; then
    ok "dictionaries: what tests/fuzz/dicts.py makes of the sources" fresh
else
    skip "dictionaries: what tests/fuzz/dicts.py makes of the sources" "no python3"
fi
word='"([ !#-[^-~]|\]|\\x[0-9a-f]{2}){1,60}"'
parses() { # TARGET DICT
    [ -e "$SRC/tests/fuzz/targets/$1.c" ] && ! grep -vE "^(#.*|$word)\$" "$2" && grep -q '^"' "$2" || return 1
    [ -x "$BUILD/libfuzzer/fuzz/$1" ] || return 0
    "$BUILD/libfuzzer/fuzz/$1" -dict="$2" -runs=1 >"$T/dict.out" 2>&1
    grep "Dictionary: $(grep -c '^"' "$2") entries" "$T/dict.out" || { head "$T/dict.out"; return 1; }
}
for dict in "$SRC"/tests/fuzz/dict/*.dict; do
    name=$(basename "$dict" .dict)
    ok "$name: its dictionary" parses "$name" "$dict"
done
builds_all() { grep -q build-fuzz-targets "$SRC/.clusterfuzzlite/build.sh" && grep -q 'dict/$name.dict' "$SRC/.clusterfuzzlite/build.sh"; }
ok "ClusterFuzzLite builds them" builds_all
done_testing

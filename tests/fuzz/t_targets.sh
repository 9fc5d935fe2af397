#!/bin/bash
# Every fuzz target runs its corpus, whole, cut and changed (drive.c); each has one, and a place in ClusterFuzzLite's build.
. "$SRC/tests/tap.sh"

for source in "$SRC"/tests/fuzz/targets/*.c; do
    name=$(basename "$source" .c)
    runs() { timeout 120 "$BUILD/fuzz/$name" "$SRC/tests/fuzz/corpus/$name"/*; }
    ok "$name" runs
done
builds_all() { grep -q build-fuzz-targets "$SRC/.clusterfuzzlite/build.sh"; }
ok "ClusterFuzzLite builds them" builds_all
done_testing

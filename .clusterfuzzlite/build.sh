#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-or-later
# ClusterFuzzLite sets CC, CFLAGS (sanitizer and coverage), LIB_FUZZING_ENGINE, SRC and OUT.
cd "$SRC/hvmbed"
results=$OUT
# The machine that fuzzes has none of the libraries that are installed here: they go with the targets.
env -u OUT make -j"$(nproc)" OUT="$PWD/build/libfuzzer" LIBFUZZER="$LIB_FUZZING_ENGINE" SANITIZE= LDFLAGS="$CFLAGS" \
    RPATH="-Wl,-rpath,'\$\$ORIGIN/lib'" build-fuzz-targets
mkdir -p "$results/lib"
for target in build/libfuzzer/fuzz/*; do
    name=$(basename "$target")
    cp "$target" "$results/$name"
    ldd "$target" | awk '$3 ~ /^\// && $3 !~ /\/lib(c|m|pthread|dl|rt)\.so/ { print $3 }' | xargs -r cp -nt "$results/lib"
    [ ! -e "tests/fuzz/dict/$name.dict" ] || cp "tests/fuzz/dict/$name.dict" "$results/$name.dict"
    (cd "tests/fuzz/corpus/$name" && zip -q "$results/${name}_seed_corpus.zip" ./*)
done

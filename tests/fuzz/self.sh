#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes hvmbed's own parsers: self.sh FUZZ_DIR WORK [PATTERN...], only the targets whose names contain a PATTERN.
# Each target in FUZZ_DIR (libFuzzer, with sanitizers) runs its regressions, then TIME seconds (60) or RUNS executions; one
# process at a time. WORK keeps the corpus from run to run (WORK/corpus/TARGET), logs, and what crashes (WORK/found/TARGET).
# Prints executions and coverage, and exits 1 when something was found.
set -u
export LC_ALL=C

[ $# -ge 2 ] || { echo "usage: self.sh FUZZ_DIR WORK [PATTERN...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
programs=$1 work=$2
shift 2
if [ -n "${RUNS:-}" ]; then limit=-runs=$RUNS; else limit=-max_total_time=${TIME:-60}; fi

wanted() { # NAME PATTERN...
    local name=$1 pattern
    shift
    [ $# != 0 ] || return 0
    for pattern; do [[ $name != *"$pattern"* ]] || return 0; done
    return 1
}

last() { grep -oE "$1: [0-9]+" "$2" | tail -n 1 | grep -oE '[0-9]+' || echo 0; } # WORD LOG

total=0 edges=0 bad=0
printf '%-10s %12s %8s %8s %8s  %s\n' target executions exec/s edges features result
for program in "$programs"/*; do
    name=${program##*/}
    [ -x "$program" ] && wanted "$name" "$@" || continue
    folders=("$work/corpus/$name")
    mkdir -p "$work/corpus/$name" "$work/found/$name" "$work/log"
    for folder in "$here/corpus/$name" "$here/regressions/$name" "$work/seeds/$name"; do
        [ ! -d "$folder" ] || folders+=("$folder")
    done
    dictionary=()
    [ ! -e "$here/dict/$name.dict" ] || dictionary=("-dict=$here/dict/$name.dict")
    log=$work/log/$name
    "$program" "$limit" -max_len=16384 -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 "${dictionary[@]}" \
        -artifact_prefix="$work/found/$name/" ${SEED:+-seed=$SEED} "${folders[@]}" >"$log" 2>&1
    code=$?
    result=ok
    if [ $code != 0 ]; then
        bad=$((bad + 1))
        result="FOUND: $(grep -m 1 -E '^SUMMARY|^==[0-9]+==' "$log" | cut -c 1-60); $log"
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    seen=$(last cov "$log")
    printf '%-10s %12s %8s %8s %8s  %s\n' "$name" "${runs:-0}" \
        "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" "$seen" "$(last ft "$log")" "$result"
    total=$((total + ${runs:-0})) edges=$((edges + seen))
done
printf '%-10s %12d %8s %8d\n' total "$total" "" "$edges"
[ $bad = 0 ]

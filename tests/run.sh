#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the tests and counts: run.sh [PATTERN...], only those whose name contains a PATTERN.
# A test is a unit program (tests/unit/test_*.c, built in $BUILD/unit) or an executable script tests/*/t_*.sh.
# All print TAP on stdout; scripts find HVMBED, BUILD, FIRMWARE_DIR and SRC in the environment.
set -u

SRC=${SRC:-$(cd "$(dirname "$0")/.." && pwd)}
BUILD=${BUILD:-$SRC/build}
HVMBED=${HVMBED:-$BUILD/hvmbed}
FIRMWARE_DIR=${FIRMWARE_DIR:-$SRC/build/firmware}
SCHEMAS=${SCHEMAS:-$SRC/build/schemas}
export SRC BUILD HVMBED FIRMWARE_DIR SCHEMAS CMOCKA_MESSAGE_OUTPUT=TAP
export LSAN_OPTIONS=suppressions=$SRC/tests/lsan.supp:print_suppressions=0
# Packages of Python's are for the system's own: whatever else is called python3 must not hide what they do.
PATH=/usr/bin:$PATH
limit=${TEST_TIMEOUT:-2400}

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'trap - TERM; kill $(jobs -p) 2>/dev/null; exit 130' INT TERM

tests=()
for path in "$SRC"/tests/unit/test_*.c "$SRC"/tests/*/t_*.sh; do
    [ -e "$path" ] || continue
    name=${path#"$SRC"/tests/}
    name=${name%.*}
    for pattern in "${@-}"; do
        if [[ $name == *"$pattern"* ]]; then tests+=("$name"); break; fi
    done
done

run_one() { # NAME RESULT-PREFIX
    local command=$SRC/tests/$1.sh
    [[ $1 != unit/test_* ]] || command=$BUILD/$1
    local begin=$EPOCHREALTIME
    timeout -k 10 "$limit" "$command" >"$2.out" 2>"$2.err" </dev/null
    echo $? >"$2.rc"
    echo $(((${EPOCHREALTIME/./} - ${begin/./} + 50000) / 100000)) >"$2.time"
    : >"$2.done"
}

# TAP to "passed failed skipped" on the first line, then one "fail WHAT" or "skip WHAT" line each.
judge() { # RESULT-PREFIX
    awk -v rc="$(cat "$1.rc")" -v limit="$limit" '
        /^1\.\.[0-9]+/ {
            plan = substr($1, 4) + 0; planned = 1
            if (plan == 0 && match($0, /# *[Ss][Kk][Ii][Pp]/)) {
                skipped++; note[++notes] = "skip all of it:" substr($0, RSTART + RLENGTH)
            }
        }
        /^(not )?ok([ \t]|$)/ {
            seen++
            what = $0; sub(/^(not )?ok[ \t]*[0-9]*[ \t]*(- )?/, "", what)
            if (match($0, /# *[Ss][Kk][Ii][Pp]/)) {
                sub(/ *# *[Ss][Kk][Ii][Pp] */, ": ", what); sub(/^: /, "", what)
                skipped++; note[++notes] = "skip " what
            }
            else if ($1 == "ok") passed++
            else { failed++; note[++notes] = "fail " what }
        }
        function defect(text) { failed++; note[++notes] = "fail " text }
        END {
            if (rc == 124 || rc == 137) defect("timed out or killed (limit " limit " s)")
            else if (rc > 128) defect("died of signal " rc - 128)
            else if (!planned) defect("printed no TAP plan (exit status " rc ")")
            else if (seen + 0 != plan) defect("printed " seen + 0 " results of " plan " (exit status " rc ")")
            else if (rc != 0 && !failed) defect("exit status " rc " with no failed test")
            print passed + 0, failed + 0, skipped + 0
            for (i = 1; i <= notes; i++) print note[i]
        }' "$1.out"
}

passed=0 failed=0 skipped=0 skips=()
report() { # NAME RESULT-PREFIX
    local p f s time
    judge "$2" >"$2.judged"
    read -r p f s <"$2.judged"
    time=$(cat "$2.time")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    while read -r line; do skips+=("$1: ${line#skip }"); done < <(grep '^skip ' "$2.judged")
    printf '%-4s %-40s %3d ok%s%s  %d.%d s\n' "$([ "$f" = 0 ] && echo ok || echo FAIL)" "$1" "$p" \
        "$([ "$f" = 0 ] || echo ", $f not ok")" "$([ "$s" = 0 ] || echo ", $s skipped")" $((time / 10)) $((time % 10))
    if [ "$f" != 0 ]; then
        sed -n 's/^fail /     not ok: /p' "$2.judged"
        grep -vE '^(ok |1\.\.)' "$2.out" | head -n 60 | sed 's/^/     | /'
        tail -n 40 "$2.err" | sed 's/^/     ! /'
    fi
}

# As many at a time as there are cores; reports come in the order of the list all the same.
cores=$(nproc) next=0
for i in "${!tests[@]}" end; do
    if [ "$i" != end ]; then
        run_one "${tests[i]}" "$out/$i" 2>/dev/null & # not the shell's remark on a crash
        [ "$(jobs -rp | wc -l)" -lt "$cores" ] || wait -n
    else
        wait
    fi
    while [ "$next" -lt "${#tests[@]}" ] && [ -e "$out/$next.done" ]; do
        report "${tests[next]}" "$out/$next"
        next=$((next + 1))
    done
done

if [ "${#skips[@]}" != 0 ]; then
    echo "skipped:"
    printf '  %s\n' "${skips[@]}"
fi
total=$((passed + failed + skipped))
[ "$total" != 0 ] || echo "nothing was run"
echo "$passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ] && [ "$total" != 0 ]

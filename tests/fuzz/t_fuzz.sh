#!/bin/bash
# hvmbed fuzz and shrink: the same seed finds the same; that OvmfXen trusts CMOS over the E820 comes out of the presets,
# is shrunk and shown again; bad input.
. "$SRC/tests/tap.sh"
image=$FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd
[ -s "$image" ] || skip_all "no OvmfXen image; \`make ovmfxen\` builds it"
command -v jq >/dev/null || skip_all "jq is not installed"

fuzz() { # FOLDER OPTION...
    local to=$T/$1
    shift
    mkdir -p "$to/found"
    (cd "$to" && timeout 300 "$HVMBED" fuzz -q -l "$SRC/layouts/hvm-256m.cfg" -guest=hvm -artifact_prefix=found/ \
        "$@" "$image" corpus >out 2>err)
    echo $? >"$to/rc"
}
code_is() { # FOLDER CODE
    cat "$T/$1/out" "$T/$1/err"
    [ "$(cat "$T/$1/rc")" = "$2" ]
}
same() { # FOLDER FOLDER
    cmp "$T/$1/out" "$T/$2/out" && diff -r "$T/$1/found" "$T/$2/found" && diff -r "$T/$1/corpus" "$T/$2/corpus"
}
ends_with_summary() { grep -E '^[0-9]+ runs in [0-9.]+ s, [0-9]+ runs/s, ' "$T/$1/err"; }

runs=(-runs=30 -seed=2)
at_once fuzz a "${runs[@]}"
at_once fuzz b "${runs[@]}"
at_once fuzz legal -runs=5 -mode=legal
# All PVH guests are handed over as `hvmbed run` does it, and entered alike.
pvh=(-guest=pvh -l "$SRC/layouts/pvh-256m.cfg" -print_final_stats=1)
at_once fuzz platform -tier=platform -runs=300 -seed=2 "${pvh[@]}"
at_once fuzz handoff -tier=handoff -runs=8 -seed=2 "${pvh[@]}"
wait
ok "finds faults: exit 1" code_is a 1
ok "the same seed, the same findings, layouts and corpus" same a b
ok "numbers at the end" ends_with_summary a
ok "nothing in layouts that Xen makes: exit 0" code_is legal 0
stat() { sed -n "s/^stat::$2: *//p" "$T/$1/err"; } # FOLDER NAME
replayed() { # FOLDER MOST: boots for each finding that is saved; one of all may make the machine
    local found
    found=$(find "$T/$1/found" -name '*.cfg' | wc -l)
    echo "$found found, $(stat "$1" replays) replays, $(stat "$1" replays_in_new_machines) in new machines"
    [ "$found" -ge 2 ] && [ "$(stat "$1" replays)" -ge "$found" ] && [ "$(stat "$1" replays)" -le $((found * $2)) ] &&
        [ "$(stat "$1" replays_in_new_machines)" -le 1 ]
}
ok "a finding at the hand-off is booted again once, in a kept machine" replayed handoff 1
ok "one where PEI memory is published at most twice" replayed platform 2
# PEI builds page tables before the hand-off: for 48 bits in 87 million instructions, for 44 in few.
tables() { # BITS TEXT
    mkdir "$T/tables$1"
    printf '%s\n' 'type = "hvm"' 'memory = 256' 'vga = "none"' 'bed_slack_pages = "ample"' "bed_phys_bits = $1" \
        'bed_e820 = ["0x0-0x9c000 RAM", "0x9c000-0xa0000 PMEM", "0x100000-0x10000000 RAM",' \
        '"0xfc000000-0x100000000 RESERVED"]' >"$T/tables$1/l.cfg"
    (cd "$T/tables$1" && timeout 60 "$HVMBED" fuzz -q -tier=platform -guest=hvm -runs=1 -l l.cfg -artifact_prefix=f- "$image")
    head -n 4 "$T/tables$1"/f-hob-ram-*.cfg && grep -q "$2" "$T/tables$1"/f-hob-ram-*.cfg
}
ok "a whole boot that takes long is given up, which is said" tables 48 'takes long, and was not seen to end'
ok "one that does not is not" tables 44 'THIS FIRMWARE shows it again'
other_guests() { # seeds of another type are left alone
    mkdir "$T/other"
    (cd "$T/other" && timeout 60 "$HVMBED" fuzz -q -tier=platform -guest=hvm -l "$SRC/layouts/pvh-256m.cfg" \
        -l "$SRC/layouts/hvm-256m.cfg" -runs=3 -artifact_prefix=./ "$image")
    [ $? -le 1 ]
}
ok "--guest hvm, with layouts of both types" other_guests
ok "no temporary files stay" test -z "$(find "$T" -name '*.tmp*' -o -name '.*.cfg*')"

# --- CMOS says more RAM than there is, or than the E820 says: PEI's memory goes where it must not
replays() { # FILE: its fault is among those of a boot from reset
    local rule
    rule=$(basename "$1" | sed 's/-[0-9a-f]*\.cfg$//')
    timeout 300 "$HVMBED" run -q -f json -l "$1" "$image" >"$T/json"
    [ $? = 1 ] || { echo "exit code"; return 1; }
    jq -e --arg rule "$rule" 'any(.findings[]; .rule == $rule and .severity == "error")' "$T/json"
}
victim=$(grep -lE '^# write to reserved memory at 0x[0-9a-f]+: E820 RESERVED' "$T"/a/found/*.cfg | head -n 1)
ok "PEI's memory in what the E820 reserves" test -n "$victim"
ok "the layout shows it again" replays "$victim"
name=$(basename "$victim" .cfg)
shrink() { timeout 300 "$HVMBED" shrink -q -l "$victim" -o "$T/$1" "$image" 2>"$T/shrink.err"; }
ok "shrinks it" shrink "$name.cfg"
ok "what is left shows it, too" replays "$T/$name.cfg"
shorter() { [ "$(grep -vc '^#' "$T/$name.cfg")" -le "$(grep -vc '^#' "$victim")" ] && cat "$T/$name.cfg" >&2; }
ok "and is not longer" shorter
trusted() { cat "$T/$name.cfg" && grep -qE '^bed_(cmos_low_ram|e820)' "$T/$name.cfg"; }
ok "and is about CMOS and the table" trusted

# --- bad input
gives() { # CODE PATTERN COMMAND...
    local want=$1 pattern=$2 code
    shift 2
    (cd "$T" && timeout 60 "$@") >"$T/out" 2>&1 </dev/null
    code=$?
    cat "$T/out"
    [ $code = "$want" ] && grep -qE -- "$pattern" "$T/out"
}
echo 'type = "hvm"' >"$T/bad.cfg"
ok "fuzz: no such mode" gives 2 "'odd' is not hostile\|legal" "$HVMBED" fuzz -mode=odd "$image"
ok "fuzz: no such image" gives 2 'nothing.fd' "$HVMBED" fuzz -runs=1 nothing.fd
ok "fuzz: no layout" gives 2 'bad.cfg: memory is missing' "$HVMBED" fuzz -runs=1 -l ./bad.cfg "$image"
ok "fuzz: a folder that cannot be" gives 2 'bad.cfg: cannot' "$HVMBED" fuzz -runs=1 -l hvm-256m "$image" bad.cfg
ok "fuzz: findings that cannot be saved" gives 2 'none/' \
    "$HVMBED" fuzz -runs=1 -artifact_prefix=none/ -l "$victim" "$image"
ok "shrink: no layout" gives 2 'say -l FILE' "$HVMBED" shrink "$image"
ok "shrink: no fault" gives 2 'no such fault' "$HVMBED" shrink -l "$SRC/layouts/hvm-256m.cfg" "$image"
ok "shrink: no such fingerprint" gives 2 'not DIGITS' "$HVMBED" shrink --fingerprint=12 -l bad.cfg "$image"
done_testing

#!/bin/bash
# Coverage is true: against every block that ran, against readelf's line tables, and other people's readers take the files.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"
opinion=$SRC/tests/boot/coverage_opinion.py

PAIRS="OVMF.fd hvm-256m
ovmfxen/RELEASE/OVMF.fd hvm-1g-stolen
ovmfxen/RELEASE/OVMF.fd pvh-256m
ovmfxen/RELEASE/OVMF.fd hvm-256m guest
ovmfxen/DEBUG/OVMF.fd hvm-1g"
mapfile -t pairs <<<"$PAIRS"
prove() { # N IMAGE LAYOUT [guest]
    timeout 300 "$BUILD/proof/cover" "$SRC/layouts/$3.cfg" "$FIRMWARE_DIR/$2" ${4+"$4"} >"$T/$1.out" 2>&1
    echo $? >"$T/$1.rc"
}
for i in "${!pairs[@]}"; do
    read -r image layout who <<<"${pairs[i]}"
    ! have "$image" || at_once prove "$i" "$image" "$layout" $who
done
wait
true_blocks() {
    cat "$T/$1.out"
    [ "$(cat "$T/$1.rc")" = 0 ]
}
for i in "${!pairs[@]}"; do
    read -r image layout who <<<"${pairs[i]}"
    what="$image, $layout${who:+, --sec-lzma $who}: what was collected is what ran"
    if have "$image"; then ok "$what" true_blocks "$i"; else skip "$what" "$(why_not "$image")"; fi
done

build=ovmfxen/DEBUG
if ! have $build/OVMF.fd; then
    skip "files" "$(why_not $build/OVMF.fd)"
    done_testing
fi
covered() { # FILE LAYOUT [OPTION...]
    local file=$1 layout=$2
    shift 2
    "$HVMBED" run -q -l "$layout" "$@" --coverage "$T/$file" "$FIRMWARE_DIR/$build/OVMF.fd" >"$T/report" 2>"$T/err" || [ $? = 1 ]
}
symbols="--symbols $FIRMWARE_DIR/$build"
at_once covered once.drcov hvm-1g --handoff hvm
at_once covered once.info hvm-1g --handoff hvm $symbols
at_once covered again.info hvm-1g --handoff hvm $symbols
at_once covered pvh.drcov pvh-1g
at_once covered two.drcov hvm-1g --handoff hvm --fill 0,0xafafafafafafafaf
wait
modules() { # FILE COUNT NAME...
    local file=$T/$1 count=$2
    shift 2
    python3 "$opinion" drcov "$file" >"$T/modules" || return
    cat "$T/modules"
    [ "$(grep -c . "$T/modules")" = "$count" ] || return
    for name; do grep -q "^$name " "$T/modules" || return; done
}
# In place and shadowed is one module: each name is there once.
once() { [ "$(cut -d' ' -f1 "$T/modules" | sort | uniq -d)" = "" ]; }
ok "drcov, HVM: the image and ten modules" modules once.drcov 10 OVMF.fd SecMain.efi PeiCore.efi XenPlatformPei.efi CpuMpPei.efi
ok "each once" once
ok "drcov, PVH" modules pvh.drcov 10 OVMF.fd SecMain.efi PeiCore.efi XenPlatformPei.efi
ok "two fills, one coverage" modules two.drcov 10 PeiCore.efi
ok "the lines are those of readelf" python3 "$opinion" lines "$T/once.drcov" "$T/once.info" "$FIRMWARE_DIR/$build"
ok "the same bytes again" cmp "$T/once.info" "$T/again.info"
one_named() { # PATTERN of the record that holds it
    awk -v want="$1" '/^SF:/ { in_it = $0 ~ want } in_it' "$T/once.info"
}
functions() { # what every boot calls, and what none does
    one_named 'OvmfPkg/XenPlatformPei/Platform.c$' >"$T/platform"
    cat "$T/platform"
    grep -q '^FNDA:1,InitializeXenPlatform$' "$T/platform" && one_named 'Core/Pei/Reset/Reset.c$' | grep -q '^FNDA:0,PeiResetSystem$'
}
ok "functions" functions
ok "they agree with their lines" python3 "$opinion" functions "$T/once.info"
if command -v lcov >/dev/null; then
    summary() { # lcov counts what is there itself
        local hit all
        hit=$(grep -c '^DA:.*,1$' "$T/once.info") all=$(grep -c '^DA:' "$T/once.info")
        lcov --summary "$T/once.info" 2>&1 | tee "$T/summary"
        grep -q "($hit of $all lines)" "$T/summary"
    }
    html() {
        local without=(--ignore-errors source) # the sources are not here
        ! genhtml --help 2>&1 | grep -q -e --synthesize-missing || without+=(--synthesize-missing)
        genhtml -q "${without[@]}" -o "$T/html" "$T/once.info" && ls "$T/html/index.html"
    }
    added() { # coverage is added up as lcov does
        lcov -q -a "$T/once.info" -a "$T/again.info" -o "$T/added.info" && [ "$(grep -c '^DA:' "$T/added.info")" = "$(grep -c '^DA:' "$T/once.info")" ]
    }
    ok "lcov reads it" summary
    ok "and adds it up" added
    ok "genhtml draws it" html
else
    skip "lcov, genhtml" "lcov is not installed"
fi
refused() { # WORDS OPTION...
    local words=$1
    shift
    "$HVMBED" run -q "$@" "$FIRMWARE_DIR/$build/OVMF.fd" >"$T/out" 2>"$T/err"
    [ $? = 2 ] && grep -q "$words" "$T/err" && [ ! -s "$T/out" ] && [ ! -e "$T/no.info" ]
}
mkdir "$T/empty"
ok "lcov without symbols" refused "give --symbols" --coverage "$T/no.info"
ok "symbols of something else" refused "no .debug file matches" --coverage "$T/no.info" --symbols "$T/empty"
ok "a form that there is not" refused "drcov|lcov" --coverage "$T/no.info" --coverage-format html
ok "a folder that there is not" refused "No such file" --coverage "$T/none/no.drcov"
ok "another name" covered run.txt hvm-1g --handoff hvm --coverage-format drcov
ok "is the same file" cmp "$T/once.drcov" "$T/run.txt"
done_testing

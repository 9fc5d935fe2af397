#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The forms for CI services, each read by somebody else's reader or checked against somebody else's schema (what
# emu/setup/schemas.sh has fetched): samples with hostile text everywhere that the unit test makes, real runs of one case
# and of many, with and without symbols.
. "$SRC/tests/tap.sh"
export PYTHONDONTWRITEBYTECODE=1
here=$SRC/tests/report
node=$SCHEMAS/node
forms=(-f "json=$T/NAME.json" -f "junit=$T/NAME.junit.xml" -f "tap=$T/NAME.tap" -f "sarif=$T/NAME.sarif"
    -f "github=$T/NAME.log" -f "codequality=$T/NAME.cq.json")

run() { # NAME ARGUMENT...: all forms of one boot
    local name=$1
    shift
    "$HVMBED" run -q "${forms[@]//NAME/$name}" -o "$T/$name.txt" "$@" 2>"$T/$name.err"
}

# --- samples
names=(one many)
run one --handoff hvm -l hvm-1g "$BUILD/roms/exec-null-call.fd"
ok "one boot, six files, and the exit code" [ $? = 1 ]
run many --handoff hvm -l all "$BUILD"/roms/{good,exec-null-call}.fd
ok "all presets, six files" [ $? = 1 ]
firmware=$FIRMWARE_DIR/ovmfxen/DEBUG
if [ -e "$firmware/OVMF.fd" ]; then
    run symbols --symbols "$firmware" -l hvm-4g "$firmware/OVMF.fd"
    names+=(symbols)
fi
if [ -x "$BUILD/unit/test_formats" ]; then
    REPORT_SAMPLES=$T "$BUILD/unit/test_formats" >/dev/null 2>&1
    for kind in hostile plain; do
        for pair in junit.xml:junit.xml tap.tap:tap sarif.sarif:sarif github.log:log codequality.json:cq.json; do
            mv "$T/$kind-${pair%%:*}" "$T/$kind.${pair#*:}"
        done
        names+=("$kind")
    done
fi
"$HVMBED" rules >"$T/rules"

# The python3 that has these modules: there may be another one before Debian's.
python_with() { # MODULE...
    local p
    for p in python3 /usr/bin/python3; do
        if "$p" -c "import $*" 2>/dev/null; then
            echo "$p"
            return
        fi
    done
    return 1
}

# --- JUnit
junit_counts() { # NAME: as many cases, failures and skipped ones as the JSON has
    local xml=$T/$1.junit.xml
    counts() { jq -r '[.summary.cases, .summary.failed, .summary.inconclusive + .summary.defect, .summary.not_applicable] | @tsv' "$T/$1.json"; }
    [ "$(counts "$1")" = "$(printf '%s\t%s\t%s\t%s' "$(xmllint --xpath 'count(//testcase)' "$xml")" \
        "$(xmllint --xpath 'count(//failure)' "$xml")" "$(xmllint --xpath 'count(//error)' "$xml")" \
        "$(xmllint --xpath 'count(//skipped)' "$xml")")" ] &&
        [ "$(xmllint --xpath 'sum(//testsuite/@tests)' "$xml")" = "$(xmllint --xpath 'number(/testsuites/@tests)' "$xml")" ]
}
if command -v xmllint >/dev/null; then
    for name in "${names[@]}"; do
        if [ -e "$SCHEMAS/junit.xsd" ]; then
            ok "junit $name: Jenkins' schema" xmllint --nonet --noout --schema "$SCHEMAS/junit.xsd" "$T/$name.junit.xml"
        else
            ok "junit $name: well-formed" xmllint --nonet --noout "$T/$name.junit.xml"
        fi
    done
    [ -e "$SCHEMAS/junit.xsd" ] || skip "junit: Jenkins' schema" "not fetched (offline?)"
    ok "junit many: what the JSON counts" junit_counts many
    ok "junit hostile: a text is what it was, escaped" [ "$(xmllint --xpath 'string(//testcase[1]/failure/@message)' \
        "$T/hostile.junit.xml" | head -c 24)" = '\x1b[31m]]>&<"'\''\xff\xc3(' ]
else
    skip "junit" "xmllint (libxml2-utils) is not installed"
fi
if junitparser=$(python_with junitparser); then
    for name in "${names[@]}"; do
        ok "junit $name: junitparser" "$junitparser" -c 'import sys, junitparser
for suite in junitparser.JUnitXml.fromfile(sys.argv[1]):
    for case in suite:
        assert case.name and case.classname.startswith("hvmbed.") and case.time is not None' "$T/$name.junit.xml"
    done
else
    skip "junit: junitparser" "python3-junitparser is not installed"
fi

# --- TAP
# prove before 3.48 (perl 5.40) reads TAP 13 at most, and takes a subtest for lines that it does not know.
proves() { # NAME: prove's own count of what failed is the TAP's
    local version=14
    perl -MTAP::Parser::Grammar -MTAP::Parser -e 'exit !(TAP::Parser->VERSION >= 3.48)' || version=13
    sed "1s/14/$version/" "$T/$1.tap" >"$T/prove.tap"
    prove -e cat "$T/prove.tap" >"$T/prove.out" 2>&1
    ! grep 'Parse errors' "$T/prove.out" &&
        [ "$(sed -n 's/.*Tests: \([0-9]*\) Failed: \([0-9]*\).*/\1 \2/p; t; s/.*Tests=\([0-9]*\),.*/\1 0/p' "$T/prove.out" | head -n 1)" = \
            "$(grep -c '^\(not \)\?ok ' "$T/$1.tap") $(grep -c '^not ok ' "$T/$1.tap")" ]
}
tap_says() { # NAME: the same verdicts, in the same order, as the JSON
    "$tap_python" "$here/read_tap.py" "$T/$1.tap" >"$T/points" &&
        [ "$(jq -c '[.[] | if .skip then null else .yaml.verdict end]' "$T/points")" = "$(jq -c '[.cases[].verdict]' "$T/$1.json")" ]
}
if command -v prove >/dev/null; then
    for name in "${names[@]}"; do ok "tap $name: prove" proves "$name"; done
else
    skip "tap: prove" "prove (perl) is not installed"
fi
if tap_python=$(python_with tap.parser,yaml); then
    for name in "${names[@]}"; do ok "tap $name: tap.py and YAML" "$tap_python" "$here/read_tap.py" "$T/$name.tap"; done
    ok "tap many: the verdicts of the JSON" tap_says many
else
    skip "tap: tap.py and YAML" "python3-tap and python3-yaml are not installed"
fi
if [ -e "$node" ]; then
    for name in "${names[@]}"; do ok "tap $name: tap-parser, subtests too" node "$here/read_tap.js" "$node" "$T/$name.tap"; done
else
    skip "tap: tap-parser" "not fetched (offline, or no npm)"
fi

# --- SARIF
if sarif_python=$(python_with jsonschema) && [ -e "$SCHEMAS/sarif-2.1.0.json" ]; then
    for name in "${names[@]}"; do
        ok "sarif $name: OASIS' schema, all rules, what GitHub wants" \
            "$sarif_python" "$here/read_sarif.py" "$SCHEMAS/sarif-2.1.0.json" "$T/rules" "$T/$name.sarif"
    done
    # And they refuse what is not so.
    refused() { # FILTER
        jq "$1" "$T/one.sarif" >"$T/bad.sarif" &&
            ! "$sarif_python" "$here/read_sarif.py" "$SCHEMAS/sarif-2.1.0.json" "$T/rules" "$T/bad.sarif"
    }
    ok "sarif: an unknown level is refused" refused '.runs[0].results[0].level = "fatal"'
    ok "sarif: a wrong index is refused" refused '.runs[0].results[0].ruleIndex = 1'
    ok "sarif: a rule that is left out is refused" refused 'del(.runs[0].tool.driver.rules[-1])'
else
    skip "sarif" "the schema or python3-jsonschema is missing (offline, or no npm)"
fi
if [ -e "$T/symbols.sarif" ]; then
    ok "sarif: the line in edk2's tree" [ "$(jq -r '.runs[0].results[0].locations[0].physicalLocation |
        .artifactLocation.uri + ":" + (.region.startLine | tostring)' "$T/symbols.sarif")" = MdeModulePkg/Core/Pei/Ppi/Ppi.c:81 ]
    ok "sarif: who wrote the pointer is related" jq -e '[.runs[0].results[0].relatedLocations[] |
        select(.message.text == "the bytes were written here").physicalLocation.artifactLocation.uri] ==
        ["MdeModulePkg/Core/Pei/Memory/MemoryServices.c"]' "$T/symbols.sarif"
fi

if [ -e "$T/symbols.json" ]; then
    # As if the repository were the folder above edk2's.
    root=$(jq -r '.findings[0].rip.file | rtrimstr("/MdeModulePkg/Core/Pei/Ppi/Ppi.c")' "$T/symbols.json")
    "$HVMBED" run -q -f github -l hvm-4g --symbols "$firmware" --source-root "${root%/*}" "$firmware/OVMF.fd" >"$T/root.log"
    ok "--source-root" grep -q "^::error file=${root##*/}/MdeModulePkg/Core/Pei/Ppi/Ppi.c,line=81," "$T/root.log"
fi

# --- GitHub
annotations() { # NAME: read as the runner reads them, and written again with GitHub's own
    python3 "$here/read_annotations.py" "$T/$1.log" >"$T/annotations.json" || return 1
    [ ! -e "$node" ] || node "$here/write_annotations.js" "$node" "$T/annotations.json" | cmp - "$T/$1.log"
}
for name in "${names[@]}"; do ok "github $name: as the runner reads it" annotations "$name"; done
[ -e "$node" ] || skip "github: as @actions/core writes it" "not fetched (offline, or no npm)"
as_many() {
    [ "$(wc -l <"$T/many.log")" = "$(jq '(.findings | length) + ([.cases[] | select(.state != "booted") | .reason] | unique | length)' "$T/many.json")" ]
}
ok "github many: a line for each finding of the JSON, and for each reason" as_many

# --- GitLab
for name in "${names[@]}"; do
    ok "codequality $name: as GitLab documents it" python3 "$here/read_codequality.py" "$T/$name.cq.json"
done

# --- and none of it depends on when, or where
mkdir "$T/elsewhere"
cp "$BUILD/roms/exec-null-call.fd" "$T/elsewhere"
run again --handoff hvm -l hvm-1g "$T/elsewhere/exec-null-call.fd"
same() { for f in json junit.xml tap sarif log cq.json; do cmp "$T/one.$f" "$T/again.$f" || return 1; done; }
ok "the same bytes again, wherever the image lies" same

done_testing

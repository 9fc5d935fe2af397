# Rows of firmware/ovmfxen/faults/table.tsv, run and judged; for t_faults.sh and table.sh. T is a directory to write to.
faults_table=$SRC/firmware/ovmfxen/faults/table.tsv
fault_image() { echo "$FIRMWARE_DIR/ovmfxen/faults/$1/$2/OVMF.fd"; } # FAULT TARGET
symbols() { "$HVMBED" run --help | grep -q -- --symbols; }

# By the processor's time: how long it takes in all depends on what else runs.
limited() { (ulimit -t 120 && exec timeout 1200 "$@"); }

boot_row() { # JSON FAULT TARGET HANDOFF LAYOUT RULE
    local options=() image
    image=$(fault_image "$2" "$3")
    [[ $6 = '?'* ]] || options=(-E "$6") # some rules only warn
    ! symbols || options+=(--symbols "$(dirname "$image")")
    limited "$HVMBED" run -q -f json "${options[@]}" --handoff "$4" -l "$SRC/layouts/$5.cfg" "$image" >"$1" 2>"$1.err"
    echo $? >"$1.rc"
}

# The first error is what a user looks at. Who did it is the author, where one is told; else the first on the way back that is in a
# module. Functions are all on that way.
found() { # JSON: "rule module function,function..."
    jq -r '[.findings[] | select(.severity == "error")][0] // empty
        | (if .author? then [.author, .writer.backtrace[].at] else [.rip, .caller, (.backtrace // [] | .[].at)] end
            | map(select(.module? != null))) as $way
        | "\(.rule) \($way[0].module // "-") \([$way[] | .inlined?, .function? | strings] | join(",") | if . == "" then "-" else . end)"' "$1"
}

# Says nothing when the row is as expected.
judge() { # JSON RULE MODULE FUNCTION
    local rule module functions
    [ "$(cat "$1.rc")" = 1 ] || { echo "exit code $(cat "$1.rc")"; cat "$1.err"; return; }
    read -r rule module functions < <(found "$1")
    [ "$rule $module" = "$2 $3" ] || { echo "found $rule in $module"; return; }
    [ "$4" = - ] || ! symbols || tr ',' '\n' <<<"$functions" | sed 's/\.[0-9]*$//' | grep -qxF -- "$4" || echo "found in $functions"
}

# The five boots of the boot tests: BOOTS has "name image handoff" lines; source after tap.sh.
BOOTS="OVMF.fd-hvm OVMF.fd hvm
RELEASE-hvm ovmfxen/RELEASE/OVMF.fd hvm
RELEASE-pvh ovmfxen/RELEASE/OVMF.fd pvh
DEBUG-hvm ovmfxen/DEBUG/OVMF.fd hvm
DEBUG-pvh ovmfxen/DEBUG/OVMF.fd pvh"
command -v jq >/dev/null || skip_all "jq is not installed"

sizes() { # HANDOFF: the presets of 256 MiB, 1, 4 and 8 GiB; all others are t_presets.sh's
    ls "$SRC"/layouts/"$1"-{256m,1g,4g,8g}{,-stolen}.cfg 2>/dev/null
}
have() { [ -s "$FIRMWARE_DIR/$1" ]; }
why_not() { # IMAGE
    case $1 in
    ovmfxen/*) echo "no OvmfXen image; \`make ovmfxen\` builds it" ;;
    *) echo "no $1; \`make firmware\` fetches it" ;;
    esac
}
boot() { # JSON LAYOUT IMAGE [OPTION...]
    local json=$1 layout=$2 image=$3
    shift 3
    timeout 600 "$HVMBED" run -q -f json "$@" -l "$layout" "$FIRMWARE_DIR/$image" >"$json" 2>"$json.err"
    echo $? >"$json.rc"
}
boot_all() { # PREFIX IMAGE HANDOFF|- LAYOUT...: all in one run; each as if by boot PREFIX.LAYOUT
    local prefix=$1 image=$2 options=() layout code file
    [ "$3" = - ] || options=(--handoff "$3")
    shift 3
    for layout; do options+=(-l "$layout"); done
    timeout 600 "$HVMBED" run -q -f json --reports "$prefix.d" -o "$prefix.json" "${options[@]}" "$FIRMWARE_DIR/$image" 2>"$prefix.err"
    while read -r layout code file; do
        mv "$prefix.d/$file" "$prefix.$layout"
        echo "$code" >"$prefix.$layout.rc"
        ln -s "$prefix.err" "$prefix.$layout.err"
    done < <(jq -r '.cases[] | "\(.layout) \(.exit_code) \(.file)"' "$prefix.json")
}
code_is() { # JSON CODE
    [ "$(cat "$1.rc")" = "$2" ] && return
    echo "exit code $(cat "$1.rc"), expected $2"
    cat "$1.err"
    jq -c '.ending, .detail, (.findings[] | [.rule, .severity, .text, .rip])' "$1"
    return 1
}

#!/bin/bash
# More than one vCPU, on real firmware: every processor comes, MpInitLib's HOB counts them, nothing is found, and the
# same bytes come out again.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

guest() { # NAME PRESET LINE...
    local name=$1 preset=$2
    shift 2
    { grep -v '^vcpus' "$SRC/layouts/$preset.cfg"; printf '%s\n' "$@"; } >"$T/$name.cfg"
}
newest=$(readlink "$FIRMWARE_DIR/hvmloader-newest")
for n in 2 4 64; do
    guest hvm-$n hvm-1g "vcpus = $n"
    guest new-$n hvm-1g "vcpus = $n" "bed_xen_version = \"${newest##*-}\""
    guest pvh-$n pvh-1g "vcpus = $n"
done
guest amd-4 hvm-4g-stolen 'vcpus = 4' 'bed_vendor = "amd"'

# NAME LAYOUT VCPUS IMAGE OPTIONS
release=ovmfxen/RELEASE/OVMF.fd
debug=ovmfxen/DEBUG-FP/OVMF.fd
runs() {
    local n image
    for image in $release $debug OVMF.fd; do
        for n in 2 4 64; do
            echo "hvm-$n.${image//\//-} hvm-$n $n $image --handoff hvm"
            [ $image = OVMF.fd ] || echo "pvh-$n.${image//\//-} pvh-$n $n $image"
        done
        echo "hvmloader-4.${image//\//-} hvm-4 4 $image --handoff hvmloader --hvmloader $FIRMWARE_DIR/hvmloader"
    done
    echo "hvmloader-64 hvm-64 64 $release --handoff hvmloader --hvmloader $FIRMWARE_DIR/hvmloader"
    echo "newest-2 new-2 2 $release --handoff hvmloader --hvmloader $FIRMWARE_DIR/hvmloader-newest"
    echo "newest-4 new-4 4 OVMF.fd --handoff hvmloader --hvmloader $FIRMWARE_DIR/hvmloader-newest"
    echo "newest-64 new-64 64 $release --handoff hvmloader --hvmloader $FIRMWARE_DIR/hvmloader-newest"
    echo "amd-4 amd-4 4 $release --handoff hvm"
}
missing() { # IMAGE [OPTION...]: says what is not there
    have "$1" || { why_not "$1"; return; }
    [ $# -lt 5 ] || [ -s "$5" ] || echo "no ${5##*/}; \`make setup\` fetches it"
}

while read -r name layout n image options; do
    # shellcheck disable=SC2086
    [ -n "$(missing "$image" $options)" ] || at_once boot "$T/$name" "$T/$layout.cfg" "$image" -v $options
done < <(runs)
AGAIN="hvm-4.ovmfxen-RELEASE-OVMF.fd pvh-64.ovmfxen-DEBUG-FP-OVMF.fd hvmloader-64 newest-4"
for name in $AGAIN; do
    read -r _ layout _ image options < <(runs | grep "^$name ")
    # shellcheck disable=SC2086
    [ -n "$(missing "$image" $options)" ] || at_once boot "$T/$name.again" "$T/$layout.cfg" "$image" -v $options
done
wait

all_come() { # NAME VCPUS
    code_is "$T/$1" 0 || return
    jq -e --argjson n "$2" '.ending == "handoff" and all(.findings[]; .severity == "warning" and .vcpu == 0)
        and .processors == {guest: $n, started: $n, in_hobs: $n}' "$T/$1" >/dev/null && return
    jq -c '.ending, .processors, (.findings[] | [.rule, .vcpu, .text])' "$T/$1"
    return 1
}
found() { # NAME VCPUS: as the firmware itself says it
    jq -r .debug_log.text "$T/$1" | grep -qE "Find $2 processors" && return
    jq -r .debug_log.text "$T/$1" | grep -i processor
    return 1
}
same_bytes() { cmp "$T/$1" "$T/$1.again"; }
while read -r name layout n image options; do
    # shellcheck disable=SC2086
    why=$(missing "$image" $options)
    if [ -n "$why" ]; then
        skip "$name: all $n processors come" "$why"
        continue
    fi
    ok "$name: all $n processors come, and the HOBs say so" all_come "$name" "$n"
    [ "$image" != $debug ] || ok "$name: the firmware says that it finds $n" found "$name" "$n"
    [[ " $AGAIN " != *" $name "* ]] || ok "$name: the same bytes twice" same_bytes "$name"
done < <(runs)
done_testing

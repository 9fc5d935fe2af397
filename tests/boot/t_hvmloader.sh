#!/bin/bash
# The real hvmloader as first stage: same verdict as the synthetic hand-off, same bytes twice, and no bad file runs.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

have hvmloader || skip_all "no hvmloader; \`make firmware\` fetches it"
loader=$FIRMWARE_DIR/hvmloader

IMAGES="OVMF.fd OVMF.fd
RELEASE ovmfxen/RELEASE/OVMF.fd
DEBUG-FP ovmfxen/DEBUG-FP/OVMF.fd"

real() { boot "$1.real" "$2" "$3" --handoff hvmloader --hvmloader "$loader"; }
synthetic() { boot "$1.hvm" "$2" "$3" --handoff hvm; }
# All presets with the fastest image; t_handoffs.sh shows that they start alike anyway.
is_compared() { [[ $1 = RELEASE.* || $1 = *-stolen ]]; }
reached() { # PREFIX
    code_is "$1.real" 0 && jq -e '.ending == "handoff" and .findings == []' "$1.real" >/dev/null
}
# What the boot came to; how much work it was differs, for hvmloader's counts.
same_verdict() { # PREFIX
    local facts='{ending, verdict, dxe, findings}'
    code_is "$1.real" 0 && code_is "$1.hvm" 0 || return
    jq -e '.dxe.hob_list != "0x0" and .dxe.dxe_entry != "0x0"' "$1.real" >/dev/null || { jq -c .dxe "$1.real"; return 1; }
    diff <(jq -S "$facts" "$1.hvm") <(jq -S "$facts" "$1.real")
}

# --- real images on the presets of every size; the others are t_handoffs.sh's
each() { # FUNCTION: for each image and preset, with NAME LAYOUT IMAGE
    local name image layout
    while read -r name image; do
        for layout in "$SRC"/layouts/hvm-{256m,1g,4g,8g}{,-stolen}.cfg; do
            "$1" "$name.$(basename "$layout" .cfg)" "$layout" "$image"
        done
    done <<<"$IMAGES"
}
start() {
    have "$3" || return 0
    at_once real "$T/$1" "$2" "$3"
    if is_compared "$1"; then at_once synthetic "$T/$1" "$2" "$3"; fi
}
judge() {
    local what="${1%.*}, ${1##*.}"
    if ! have "$3"; then
        skip "$what" "$(why_not "$3")"
    elif is_compared "$1"; then
        ok "$what: as the synthetic hand-off" same_verdict "$T/$1"
    else
        ok "$what: not one finding" reached "$T/$1"
    fi
}
each start
again() { at_once boot "$T/$1.again" "$SRC/layouts/hvm-1g-stolen.cfg" "$2" --handoff hvmloader --hvmloader "$loader"; }
for name in OVMF.fd RELEASE; do
    image=$(sed -n "s/^$name //p" <<<"$IMAGES")
    ! have "$image" || again "$name" "$image"
done
wait
each judge

same_bytes() { code_is "$T/$1.again" 0 && cmp "$T/$1.again" "$T/$1.hvm-1g-stolen.real"; }
for name in OVMF.fd RELEASE; do
    image=$(sed -n "s/^$name //p" <<<"$IMAGES")
    if have "$image"; then
        ok "$name: the same bytes twice" same_bytes "$name"
    else
        skip "$name: the same bytes twice" "$(why_not "$image")"
    fi
done

# --- which hand-off is taken
taken() { # HANDOFF [OPTION...]
    local want=$1 rom=$BUILD/roms/good.fd
    [ "$want" != pvh ] || rom=$BUILD/roms/pvh-good.fd
    shift
    "$HVMBED" run -q -f json "$@" "$rom" >"$T/taken" 2>"$T/err"
    [ "$(jq -r .handoff "$T/taken")" = "$want" ] || { cat "$T/err"; jq -c .handoff "$T/taken"; return 1; }
}
version=$(readlink "$loader")
printf '%s\n' 'type = "hvm"' 'memory = 256' >"$T/plain.cfg"
for line in "bed_xen_version = \"${version##*-}\"" 'bed_xen_version = "4.9"' 'bed_cmos_low_ram = "0x8000000"' \
    'bed_e820 = [ "0-0xa0000 RAM", "0x100000-0x8000000 RAM" ]'; do
    { cat "$T/plain.cfg"; echo "$line"; } >"$T/${line%% *}-${line//[^0-9]/}.cfg"
done
ok "by default the real one of the layout's Xen version" taken hvmloader -l "$T/bed_xen_version-${version//[^0-9]/}.cfg"
ok "not one of another version" taken hvm -l "$T/bed_xen_version-49.cfg"
ok "unless told" taken hvmloader -l "$T/bed_xen_version-49.cfg" --handoff hvmloader
ok "nor for a table that it does not make" taken hvm -l "$T"/bed_e820-*.cfg
ok "nor for CMOS that it does not write" taken hvm -l "$T"/bed_cmos*.cfg
ok "--hvmloader alone is enough" taken hvmloader -l "$T/bed_xen_version-49.cfg" --hvmloader "$loader"
ok "PVH stays PVH" taken pvh -l "$SRC/layouts/pvh-1g.cfg"
low_exec() {
    "$HVMBED" run -q -f json --handoff hvmloader "$BUILD/roms/exec-low-call.fd" >"$T/low" 2>&1
    [ $? = 1 ] && jq -e '[.findings[].rule] == ["exec-low"]' "$T/low"
}
ok "the loader's hypercall page is not the firmware's to call" low_exec

# --- files that are no hvmloader
image=$BUILD/roms/good.fd
[ -e "$image" ] || image=$FIRMWARE_DIR/OVMF.fd
cd "$T" || exit 1
refused() { # FILE
    local code
    timeout 300 "$HVMBED" run -q --handoff hvmloader --hvmloader "$1" "$image" >out 2>err </dev/null
    code=$?
    cat err
    [ $code = 2 ] || { echo "exit code $code, expected 2"; return 1; }
    [ ! -s out ] || { echo "on stdout:"; head -3 out; return 1; }
    [ "$(wc -l <err)" = 1 ] || { echo "not exactly one line"; return 1; }
    grep -qF -- "$1" err || { echo "does not name $1"; return 1; }
}
: >empty
echo 'not hvmloader' >text
head -c 200000 /dev/zero >zeroes
head -c 200000 /dev/urandom >random
truncate -s 5G sparse
mkdir folder
mkfifo fifo
size=$(stat -Lc %s "$loader")
patched() { # NAME OFFSET BYTES
    cp "$loader" "$1"
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
patched wrong-machine 18 '\x28'
patched no-segments 44 '\0\0'
patched headers-outside 28 '\xff\xff\xff\x7f'
patched entry-outside 24 '\0\0\0\x40'
patched segment-wraps 64 '\0\0\xff\xff'
patched segment-over-all 72 '\xff\xff\xff\xff'
for file in empty text zeroes random sparse folder fifo missing /dev/null wrong-machine no-segments \
    headers-outside entry-outside segment-wraps segment-over-all; do
    ok "refused: $file" refused "$file"
done
ok "refused: a 64-bit program" refused "$(command -v bash)"
ok "refused: the firmware" refused "$image"
for n in 1 16 51 52 60 100 128 4096 100000; do
    [ "$n" -lt "$size" ] || continue
    head -c $n "$loader" >"cut-$n"
    ok "refused: its first $n bytes" refused "cut-$n"
done
done_testing

#!/bin/bash
# Real images with RAM filled with other things: in HVM guests nothing differs; in PVH guests a search for hvmloader's
# signature does, and bytes of HOBs that nobody reads (docs/uninitialised.md). No image fails for it.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

nothing_differs() {
    code_is "$1" 0 && jq -e '.fill | (.runs | length) == 2 and .divergence == null and .hobs.bytes == 0 and .hobs.traced
        and .blocks > 1000000' "$1"
}
signature() {
    code_is "$1" 0 && jq -e '
        (.fill.divergence | .phase == "PEI" and .from.module == "XenPlatformPei" and .origin.gpa == ["0x1000", "0x1000"]
            and .origin.rip.module == "XenPlatformPei" and .origin.unwritten)
        and (.fill.hobs | .traced and (.shape | not) and .bytes > 0 and .bytes < 4096
            and all(.differences[]; .write == null or .origin.unwritten))
        and all(.findings[]; .severity == "warning")' "$1"
}
steps_past() { code_is "$1" 0 && jq -e '.fill.divergence == null and .fill.hobs.bytes > 0' "$1"; }
is_the_same() { cmp "$1" "$2"; }

fills=0,af past=0,0xafafafafafafaf00
while read -r name image handoff; do
    have "$image" || continue
    case $handoff in
    hvm) at_once boot "$T/$name" "$SRC/layouts/hvm-1g-stolen.cfg" "$image" --handoff hvm --fill $fills ;;
    pvh) at_once boot "$T/$name" "$SRC/layouts/pvh-1g.cfg" "$image" --fill $fills ;;
    esac
done <<<"$BOOTS"
image=ovmfxen/RELEASE/OVMF.fd
if have $image; then
    at_once boot "$T/past" "$SRC/layouts/pvh-1g.cfg" $image --fill $past
    at_once boot "$T/again" "$SRC/layouts/pvh-1g.cfg" $image --fill $fills
fi
wait
while read -r name image handoff; do
    if ! have "$image"; then
        skip "$name" "$(why_not "$image")"
    elif [ "$handoff" = hvm ]; then
        ok "$name: nothing differs" nothing_differs "$T/$name"
    else
        ok "$name: only the search for the signature, and HOB padding" signature "$T/$name"
    fi
done <<<"$BOOTS"
if [ -e "$T/past" ]; then
    ok "a pattern that steps past the signature" steps_past "$T/past"
    ok "the same report again" is_the_same "$T/RELEASE-pvh" "$T/again"
fi
done_testing

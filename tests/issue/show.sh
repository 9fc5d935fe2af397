#!/bin/bash
# edk2 issue 11046's images, each with each hand-off: show.sh VERSION...
# The whole reports go to $BUILD/issue-11046; here what they say in short.
set -u
reports=$BUILD/issue-11046
mkdir -p "$reports"

for version; do
    for image in RELEASE-SMM RELEASE DEBUG-SMM DEBUG; do
        fd=$FIRMWARE_DIR/ovmfxen/issue-11046/$version/$image/OVMF.fd
        [ -e "$fd" ] || { echo "edk2 $version $image: not built"; continue; }
        for handoff in hvm hvmloader; do
            [ $handoff = hvm ] || [ -e "$FIRMWARE_DIR/hvmloader" ] || continue
            to=$reports/$version-$image-$handoff.txt
            "$HVMBED" run -q --until bds -l hvm-4g --handoff $handoff --symbols "${fd%/*}" "$fd" >"$to"
            echo "edk2 $version $image, $handoff (${to#"$SRC"/})"
            awk '/^(PASS|FAIL)|^(error|warning)\[|^    (what|means|assert|caller|missing|drivers) / { print "    " $0 }
                /^    because / { because = 1 } /^    (failed|work)/ { because = 0 } because { print "    " $0 }' "$to" | sed "s|$FIRMWARE_DIR/ovmfxen/||"
        done
    done
done

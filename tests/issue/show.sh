#!/bin/bash
# edk2 issue 11046's images, each with each hand-off: show.sh VERSION...
# The whole reports go to $BUILD/issue-11046; here what they say in short.
set -u
reports=$BUILD/issue-11046
mkdir -p "$reports"
"$HVMBED" run --help | grep -q -- --until && until="--until bds" || until=

for version; do
    for image in RELEASE-SMM RELEASE DEBUG-SMM DEBUG; do
        fd=$FIRMWARE_DIR/ovmfxen/issue-11046/$version/$image/OVMF.fd
        [ -e "$fd" ] || { echo "edk2 $version $image: not built"; continue; }
        for handoff in hvm hvmloader; do
            [ $handoff = hvm ] || [ -e "$FIRMWARE_DIR/hvmloader" ] || continue
            to=$reports/$version-$image-$handoff.txt
            # shellcheck disable=SC2086
            "$HVMBED" run -q $until -l hvm-4g --handoff $handoff --symbols "${fd%/*}" "$fd" >"$to"
            echo "edk2 $version $image, $handoff (${to#"$SRC"/})"
            grep -E '^(PASS|FAIL)|^(error|warning)\[|^    (what|assert|caller|missing|because) ' "$to" | cut -c 1-160 | sed 's/^/    /'
        done
    done
done

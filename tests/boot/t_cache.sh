#!/bin/bash
# --cache: what an image unpacks to is kept between runs. Reports are the same with it, without it, and when it lies.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

image=$FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd
have ovmfxen/RELEASE/OVMF.fd || image=$FIRMWARE_DIR/OVMF.fd
[ -s "$image" ] || skip_all "no firmware to boot"
layout=$SRC/layouts/hvm-256m.cfg
C=$T/kept
sum=$(sha256sum "$image")
entry=$C/${sum%% *}.unpacked-1

run() { # NAME OPTION... IMAGE: both forms, "." for the exit code
    local name=$1
    shift
    timeout 120 "$HVMBED" run -q -f "json=$T/$name.json" "$@" >"$T/$name.txt" 2>"$T/$name.err"
    echo "exit $?" >>"$T/$name.txt"
}
same() { # NAME NAME
    cmp "$T/$1.txt" "$T/$2.txt" && cmp "$T/$1.json" "$T/$2.json" && [ ! -s "$T/$1.err" ]
}
inode() { stat -c %i "$entry"; }
only() { # HOW-MANY files are in the folder
    [ "$(find "$C" -mindepth 1 | wc -l)" = "$1" ]
}

run without --handoff hvm --layout "$layout" "$image"
run first --cache "$C" --handoff hvm --layout "$layout" "$image"
ok "the first run reports what one without it does" same first without
ok "and keeps a file, called by the image's sum" test -s "$entry"
ok "and nothing else" only 1
cp "$entry" "$T/whole"
at=$(inode)
run second --cache "$C" --handoff hvm --layout "$layout" "$image"
ok "the second run reports the same" same second without
ok "and has what is kept: it does not write it again" test "$(inode)" = "$at"

handed() { # NAME OPTION...: the same with and without
    local name=$1 rc
    shift
    run "$name-without" "$@"
    run "$name" --cache "$C" "$@"
    same "$name" "$name-without"
    rc=$?
    [ $rc = 0 ] && [ "$(inode)" = "$at" ]
}
ok "another guest" handed guest --handoff hvm --layout "$SRC/layouts/hvm-1g.cfg" "$image"
if [ "$image" != "$FIRMWARE_DIR/OVMF.fd" ]; then
    ok "a PVH guest" handed pvh --layout "$SRC/layouts/pvh-256m.cfg" "$image"
else
    skip "a PVH guest" "no OvmfXen"
fi
if [ -s "$FIRMWARE_DIR/hvmloader" ]; then
    ok "hvmloader first" handed loader --handoff hvmloader --layout "$layout" "$image"
else
    skip "hvmloader first" "no hvmloader"
fi
ok "the guest unpacks: it is not asked" handed guest-lzma --sec-lzma guest --handoff hvm --layout "$layout" "$image"
ok "several fills" handed fills --fill 0,af --handoff hvm --layout "$layout" "$image"
ok "without a cage" handed caged --sandbox no --handoff hvm --layout "$layout" "$image"
ok "with a whole one where there is one" handed required -v --handoff hvm --layout "$layout" "$image"

damaged() { # WHAT COMMAND...: changes the file
    local what=$1
    shift
    cp "$T/whole" "$entry"
    "$@"
    run damaged --cache "$C" --handoff hvm --layout "$layout" "$image"
    same damaged without && cmp "$entry" "$T/whole" && only 1
}
flip() { # OFFSET
    local old
    old=$(od -An -tu1 -j "$1" -N 1 "$entry")
    printf '%b' "\\x$(printf %x $((old ^ 16)))" | dd of="$entry" bs=1 seek="$1" conv=notrunc status=none
}
size=$(stat -c %s "$T/whole")
for at in 0 8 13 17 40 64 70 $((size / 2)) $((size - 1)); do
    ok "byte $at is damaged: refused, and written anew" damaged "$at" flip "$at"
done
ok "cut: refused, and written anew" damaged cut truncate -s $((size / 2)) "$entry"
ok "empty: refused, and written anew" damaged empty truncate -s 0 "$entry"
ok "longer: refused, and written anew" damaged longer truncate -s $((size + 1)) "$entry"
other() { # whole, but of another image
    [ -s "$FIRMWARE_DIR/OVMF.fd" ] || return 0
    "$HVMBED" run -q --cache "$T/other" --handoff hvm --layout "$layout" "$FIRMWARE_DIR/OVMF.fd" >/dev/null
    cp "$T/other/"*.unpacked-1 "$entry"
}
if [ "$image" != "$FIRMWARE_DIR/OVMF.fd" ] && [ -s "$FIRMWARE_DIR/OVMF.fd" ]; then
    ok "another image's: refused, and written anew" damaged other other
else
    skip "another image's: refused, and written anew" "needs two images"
fi

at_once_all_alike() {
    local i
    rm -rf "$C"
    for i in 1 2 3 4 5 6; do run "race$i" --cache "$C" --handoff hvm --layout "$layout" "$image" & done
    wait
    for i in 1 2 3 4 5 6; do same "race$i" without || return 1; done
    cmp "$entry" "$T/whole" && only 1
}
ok "six at once on an empty folder: all report the same, one file is left" at_once_all_alike

many() { # NAME OPTION...
    local name=$1
    shift
    timeout 300 "$HVMBED" run -q -f "json=$T/$name.json" "$@" -l hvm-256m -l hvm-1g --handoff hvm "$image" \
        >"$T/$name.txt" 2>"$T/$name.err"
    echo "exit $?" >>"$T/$name.txt"
}
kept_for_many() {
    rm -rf "$C"
    many many-without
    many many --cache "$C"
    same many many-without && cmp "$entry" "$T/whole" && only 1 || return 1
    local at
    at=$(inode)
    many many-again --cache "$C"
    same many-again many-without && [ "$(inode)" = "$at" ]
}
ok "many cases: the same table, and the file that one case makes" kept_for_many

nothing_to_keep() {
    rm -rf "$C"
    run rom-without --handoff hvm --layout "$layout" "$BUILD/roms/good.fd"
    run rom --cache "$C" --handoff hvm --layout "$layout" "$BUILD/roms/good.fd"
    same rom rom-without && only 0
}
if [ -s "$BUILD/roms/good.fd" ]; then
    ok "an image that unpacks nothing leaves nothing" nothing_to_keep
fi

no_folder() {
    run bad --cache /dev/null --layout "$layout" "$image"
    grep -q '^exit 2$' "$T/bad.txt" && [ "$(wc -l <"$T/bad.err")" = 1 ] &&
        grep -q '/dev/null: cannot be a folder for what is kept' "$T/bad.err"
}
ok "no folder: one line, exit 2" no_folder

done_testing

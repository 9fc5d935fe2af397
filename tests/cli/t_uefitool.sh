#!/bin/bash
# Every volume, file and section that hvmbed image lists is what UEFIExtract (Debian: uefitool-cli) finds: GUID, type, place and
# size, in what is packed too. It tells places relative to what a thing lies in.
. "$SRC/tests/tap.sh"
# (Debian 13 calls it so.)
extract=$(command -v UEFIExtract || command -v uefiextract) || skip_all "uefitool-cli is not installed"
command -v jq >/dev/null || skip_all "jq is not installed"
cd "$T" || exit 1

# kind, GUID of a file or a volume, type number, offset in what holds it, size
cat >ours.jq <<'E2'
def file_types: {"raw": 1, "freeform": 2, "SEC core": 3, "PEI core": 4, "DXE core": 5, "PEIM": 6, "DXE driver": 7,
    "PEIM and driver": 8, "application": 9, "MM driver": 10, "volume image": 11, "MM and DXE driver": 12, "MM core": 13,
    "MM standalone": 14, "MM standalone core": 15, "pad": 240};
def section_types: {"compression": 1, "GUID-defined": 2, "disposable": 3, "PE32": 16, "PIC": 17, "TE": 18, "DXE depex": 19,
    "version": 20, "UI": 21, "16-bit": 22, "volume": 23, "freeform": 24, "raw": 25, "PEI depex": 27, "MM depex": 28};
# What is unpacked counts behind the header of the section that it was packed in.
def offset($parent):
    if $parent == null then .offset
    elif $parent.unpacked != null then .offset + $parent.body - $parent.offset
    else .offset - $parent.offset end;
def lines($parent):
    . as $node |
    (if .kind == "volume" then "Volume \(.guid // "-") - \(offset($parent)) \(.size)"
     elif .kind == "file" then "File \(.guid) \(file_types[.type]) \(offset($parent)) \(.size)"
     elif .kind == "section" then "Section - \(section_types[.type]) \(offset($parent)) \(.size)"
     else empty end),
    (.children[] | lines($node));
.contents[] | lines(null)
E2
cat >theirs.awk <<'E2'
function hex(h,  i, n) {
    sub(/h.*/, "", h)
    for (i = 1; i <= length(h); i++) n = n * 16 + index("0123456789ABCDEF", substr(h, i, 1)) - 1
    return n + 0
}
function put() {
    if (kind == "Volume" || kind == "File" || kind == "Section") print kind, guid, type, offset, size
    kind = guid = type = "-"
}
FNR == 1 { put(); kind = $2 }
/^Offset: / { offset = hex($2) }
/^Full size: / { size = hex($3) }
/^(FileSystem|File|Volume) GUID: / { guid = $3 } # a volume without a name of its own goes by its file system's
/^Type: [0-9A-F]+h$/ { type = hex($2) }
END { put() }
E2

list() { # FILE NUMBER
    cp "$1" "$2" && "$extract" "$2" dump >"$2.log" 2>&1
    find "$2.dump" -name info.txt -exec awk -f theirs.awk {} + | sort >"$2.theirs"
    rm -rf "$2" "$2.dump"
    "$HVMBED" image -f json "$1" | jq -r -f ours.jq | sort >"$2.ours"
}
same() { # NUMBER
    echo "$(wc -l <"$1.theirs") things"
    [ -s "$1.theirs" ] && diff "$1.theirs" "$1.ours"
}
images=()
for file in "$FIRMWARE_DIR"/*.fd "$FIRMWARE_DIR"/ovmfxen/*/OVMF.fd; do
    [ ! -e "$file" ] || images+=("$file")
done
[ ${#images[@]} != 0 ] || skip_all "there are no images"
for i in "${!images[@]}"; do at_once list "${images[i]}" "$i"; done
wait
for i in "${!images[@]}"; do ok "${images[i]#"$FIRMWARE_DIR"/}" same "$i"; done
done_testing

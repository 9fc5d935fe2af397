#!/bin/bash
# The bill of materials: CycloneDX's own library reads it, it names all that is linked, and its sums are those of the files.
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
command -v python3 >/dev/null || skip_all "python3 is not installed"
program=$BUILD/install/hvmbed library=$(ls "$BUILD"/install/libhvmbed.so.* | head -n 1)
build=$(dirname "$FIRMWARE_DIR")
bom=$T/bom.json
make_bom() { python3 "$SRC/emu/setup/sbom.py" "$program" "$library" "$build" "$FIRMWARE_DIR" >"$1"; }
ok "it is made" make_bom "$bom"
again() { make_bom "$T/again.json" && cmp "$bom" "$T/again.json"; }
ok "the same each time" again
dated() { SOURCE_DATE_EPOCH=1700000000 make_bom "$T/dated.json" && jq -e '.metadata.timestamp == "2023-11-14T22:13:20Z"' "$T/dated.json"; }
ok "SOURCE_DATE_EPOCH dates it" dated

valid() { node "$SRC/tests/setup/check_sbom.js" "$SCHEMAS/node/node_modules" "$1"; }
if command -v node >/dev/null && [ -d "$SCHEMAS/node/node_modules/@cyclonedx" ]; then
    ok "CycloneDX's library finds it valid" valid "$bom"
    ok "with a date, too" valid "$T/dated.json"
    jq '.components[0].hashes = [{alg: "SHA-256", content: "short"}]' "$bom" >"$T/bad.json"
    refused() { ! valid "$1"; }
    ok "and another not" refused "$T/bad.json"
else
    skip "CycloneDX's library" "no node, or set-up got no npm packages"
fi
all_linked() { # each library that the program names itself
    local name missing=0
    for name in $(readelf -d "$program" "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u); do
        case $name in ld-linux*) continue ;; esac
        jq -e --arg n "${name%.so*}" 'any(.components[]; .["bom-ref"] | startswith("linked:") and contains($n))' "$bom" >/dev/null ||
            { echo "missing: $name"; missing=1; }
    done
    return $missing
}
ok "all that is linked is named" all_linked
sums() { # of libraries, against the files that the dynamic linker takes
    local sum path n=0
    while read -r _ _ path _; do
        [ -e "$path" ] || continue
        sum=$(sha256sum <"$path" | cut -d ' ' -f 1)
        jq -e --arg s "$sum" 'any(.components[].hashes[]?; .content == $s)' "$bom" >/dev/null || { echo "no $sum of $path"; return 1; }
        n=$((n + 1))
    done < <(ldd "$program" | grep '=> /')
    echo "$n libraries"
    [ $n -gt 5 ]
}
ok "with the sums of the files" sums
described() { jq -e '[.components[] | select(.["bom-ref"] | startswith("linked:"))] | length > 5 and
    all((.version | test("^[0-9]")) and (.purl | startswith("pkg:deb/")) and (.licenses | length > 0))' "$bom"; }
ok "their versions, packages and licences" described
whole() { jq -e --arg p "$(sha256sum <"$program" | cut -d ' ' -f 1)" '.metadata.component.hashes[0].content == $p and
    .metadata.component.licenses[0].license.id == "GPL-2.0-or-later"' "$bom"; }
ok "hvmbed's own" whole
noted() {
    [ ! -e "$FIRMWARE_DIR/fetched.tsv" ] || while IFS=$'\t' read -r file sum _; do
        jq -e --arg f "$file" --arg s "$sum" 'any(.components[]; .name == $f and .hashes[0].content == $s)' "$bom" || return 1
    done <"$FIRMWARE_DIR/fetched.tsv"
}
ok "what was fetched" noted
done_testing

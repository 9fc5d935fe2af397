#!/bin/bash
# Names, lines and call chains in real firmware: with the .debug files of the build, of another build, damaged, and
# without any. The chain that the code itself proves is the one that call frame information gives.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

debug=ovmfxen/DEBUG release=ovmfxen/RELEASE
have $debug/OVMF.fd && have $release/OVMF.fd || skip_all "$(why_not $debug/OVMF.fd)"

# PEI allocates in these holes: findings in many modules (t_hole.sh).
cat >"$T/hole.cfg" <<END
type = "hvm"
memory = 1024
vga = "none"
bed_slack_pages = "ample"
bed_e820 = [ "0-a0000 RAM", "f0000-100000 RESERVED", "100000-3f000000 RAM", "3f000000-3fb00000 RESERVED",
    "3fb00000-3fe00000 RAM", "3fe00000-3ff00000 RESERVED", "3ff00000-40000000 RAM", "fc000000-fc00b000 NVS",
    "fc00b000-100000000 RESERVED" ]
END
mkdir "$T/empty" "$T/cut"
head -c 100000 "$FIRMWARE_DIR/$debug/PeiCore.debug" >"$T/cut/PeiCore.debug"
layouts=$SRC/layouts
at_once boot "$T/fault" "$layouts/hvm-4g.cfg" $debug/OVMF.fd --handoff hvm --symbols "$FIRMWARE_DIR/$debug"
at_once boot "$T/bare" "$layouts/hvm-4g.cfg" $debug/OVMF.fd --handoff hvm
at_once boot "$T/other" "$layouts/hvm-4g.cfg" $debug/OVMF.fd --handoff hvm --symbols "$FIRMWARE_DIR/ovmfxen/DEBUG-FP"
at_once boot "$T/empty.json" "$layouts/hvm-4g.cfg" $debug/OVMF.fd --handoff hvm --symbols "$T/empty"
at_once boot "$T/cut.json" "$layouts/hvm-4g.cfg" $debug/OVMF.fd --handoff hvm --symbols "$T/cut"
at_once boot "$T/release" "$T/hole.cfg" $release/OVMF.fd --handoff hvm
at_once boot "$T/release-symbols" "$T/hole.cfg" $release/OVMF.fd --handoff hvm --symbols "$FIRMWARE_DIR/$release"
at_once boot "$T/debug" "$T/hole.cfg" $debug/OVMF.fd --handoff hvm
at_once boot "$T/debug-symbols" "$T/hole.cfg" $debug/OVMF.fd --handoff hvm --symbols "$FIRMWARE_DIR/$debug"
at_once boot "$T/clean" "$layouts/hvm-1g.cfg" $release/OVMF.fd --handoff hvm --symbols "$FIRMWARE_DIR/$release"
wait

# TemporaryRamMigration's bug strikes in the PEI core (t_boot.sh).
named() {
    jq -e '.findings[0] | .rip.module == "PeiCore" and .rip.function == "ConvertPointerInRanges"
        and (.rip.file | endswith("MdeModulePkg/Core/Pei/Ppi/Ppi.c"))
        and ([.backtrace[].at.function] | .[0:4] == ["ConvertPointerInRanges", "ConvertSinglePpiPointer", "PeiCore",
             "PeiCheckAndSwitchStack"])
        and .backtrace[2].at.inlined == "ConvertPpiPointers" and .backtrace[-1].at.module == "SecMain"
        and ([.backtrace[1:6][].found] | unique) == ["cfi"]' "$T/fault"
}
# One of the lines that the file itself gives for this address.
line_right() {
    local at line
    at=0x$(nm "$FIRMWARE_DIR/$debug/PeiCore.debug" | awk '$3 == "ConvertPointerInRanges" { sub(/^0+/, "", $1); print $1 }')
    line=$(jq .findings[0].rip.line "$T/fault")
    # This module is no TE image: offsets are the file's addresses.
    readelf --debug-dump=decodedline "$FIRMWARE_DIR/$debug/PeiCore.debug" 2>/dev/null |
        awk -v line="$line" -v at="$(jq -r .findings[0].rip.offset "$T/fault")" \
            '$1 == "Ppi.c" && $2 == line && $3 == at { found = 1 } END { exit !found }' || {
        echo "Ppi.c:$line is not at $(jq -r .findings[0].rip.offset "$T/fault"); the function begins at $at"
        return 1
    }
}
chains() { jq -c '.findings[] | [.rule, [.backtrace[].at | .module, .offset]]' "$1"; }
same_chains() { # WITHOUT WITH
    [ "$(chains "$T/$1" | wc -l)" -gt "$3" ] || { chains "$T/$1"; return 1; }
    diff <(chains "$T/$1") <(chains "$T/$2")
}
no_names() { # JSON NOTE
    jq -e --arg note "$2" '.findings[0].rip.function == null and .symbols.used == []
        and any(.symbols.notes[]; test($note))' "$1"
}
# The rest of the report does not change with symbols.
only_names() {
    local strip='del(.symbols) | walk(if type == "object" then del(.function, .inlined, .file, .line, .found) else . end)'
    diff <(jq "$strip" "$T/bare") <(jq "$strip" "$T/fault")
}
honest() { jq -e '[.findings[].backtrace[].found] | unique - ["here", "return-address", "likely"] == []' "$T/release"; }
guids() { # every module has its file; the PEI core the same, in place and shadowed; the DXE core comes from the DXEFV
    jq -e 'all(.modules[]; .guid != null) and ([.modules[] | select(.name == "PeiCore") | .guid] | length == 2 and .[0] == .[1])
        and .dxe.core.module == .modules[-1].name and .dxe.core.guid == .modules[-1].guid
        and .dxe.core.guid == "D6A2CB7F-6A18-4E2F-B43B-9920A733700A"' "$T/clean"
}
not_looked_at() { jq -e '.symbols == {"used": [], "notes": []}' "$T/clean"; }

ok "DEBUG's fault: function, file and callers" named
ok "and the line is one that the file gives for it" line_right
ok "the same chain without symbols" same_chains bare fault 0
ok "symbols change names only" only_names
ok "another build's files are refused" no_names "$T/other" "PeiCore.debug: does not match"
ok "an empty folder is said" no_names "$T/empty.json" "no .debug file"
ok "a file cut short is said" no_names "$T/cut.json" "PeiCore.debug: "
ok "RELEASE: the same chains without symbols" same_chains release release-symbols 5
ok "DEBUG: the same chains without symbols" same_chains debug debug-symbols 5
ok "frames say how they were found" honest
ok "RELEASE: every module has its file's GUID, the DXE core too" guids
ok "a clean boot reads no symbols" not_looked_at
done_testing

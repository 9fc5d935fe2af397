#!/bin/bash
# hvmbed image: what it says of each kind of file, that its list of contents is another tool's, and that its JSON is
# what the schema says.
. "$SRC/tests/tap.sh"
cd "$T" || exit 1
rom=$BUILD/roms/good.fd

# Exit code and patterns (extended regular expressions), each of which some line must match.
says() { # CODE FILE PATTERN...
    local code=$1 file=$2 got
    shift 2
    "$HVMBED" image "$file" >said 2>err
    got=$?
    head -20 said
    cat err
    [ $got = "$code" ] || { echo "exit code $got, expected $code"; return 1; }
    for pattern; do
        grep -qE -- "$pattern" said || { echo "does not say: $pattern"; return 1; }
    done
}
firmware() { # NAME WHAT ARGUMENTS-OF-says...
    local name=$1 what=$2 code=$3
    shift 3
    if [ -e "$FIRMWARE_DIR/$name" ]; then
        ok "$name: $what" says "$code" "$FIRMWARE_DIR/$name" "$@"
    else
        skip "$name: $what" "not there"
    fi
}

# --- flavours and verdicts
for build in RELEASE DEBUG DEBUG-FP; do
    firmware ovmfxen/$build/OVMF.fd "boots both ways" 0 "flavour OvmfXen, X64, ${build%-FP}, LZMA" 'hvm     yes$' \
        'pvh     yes$' 'entry 0x2fffd0' "build        ${build%-FP}" 'machine      X64' \
        'edk2         edk2-stable202205 to 202408' 'hypercalls   through the hypercall page' 'xen          yes' \
        'smm          no' 'version      unknown'
done
firmware ovmfxen/DEBUG/OVMF.fd "names its toolchain" 0 'toolchain    DEBUG_GCC5 +the path in PeiCore'
firmware ovmfxen/RELEASE/OVMF.fd "does not know its toolchain" 0 'toolchain    unknown'
firmware OVMF.fd "has no Xen code" 0 'flavour OVMF for QEMU.*, X64, RELEASE, LZMA, edk2-stable202202 or later' \
    'hvm     doubtful: no Xen code since edk2-stable202108' 'pvh     no: no ELF header' 'xen          no' \
    'tpm          yes'
firmware OVMF_CODE.fd "is code only" 1 'flavour .*code without a variable store, X64' \
    'hvm     no: this is OVMF_CODE.fd.*reset vector in the wrong place.*variable store before it' 'pvh     no: for the same'
# Debian 12's package has an image of 2 MiB and another build than those after it.
debian12() { [ ! -e "$FIRMWARE_DIR/OVMF.fd" ] || [ "$(stat -L -c %s "$FIRMWARE_DIR/OVMF.fd")" = $((2 << 20)) ]; }
if debian12; then
    firmware OVMF.fd "has secure boot" 0 'secure boot  yes'
    firmware OVMF_CODE_4M.fd "has a SEC for IA32" 1 'code without a variable store, SEC for IA32' 'machine      X64' 'smm          no'
else
    skip "OVMF.fd: has secure boot; OVMF_CODE_4M.fd: has a SEC for IA32" "the ovmf here is not Debian 12's"
fi
firmware OVMF_CODE_4M.secboot.fd "has SMM" 1 'smm          yes +PiSmmCore' 'smm_require  yes +SmmAccessPei'
# Whole images of it, with and without SMM.
for code in OVMF_CODE_4M.secboot.fd OVMF_CODE_4M.fd; do
    [ ! -e "$FIRMWARE_DIR/$code" ] || cat "$FIRMWARE_DIR/OVMF_VARS_4M.fd" "$FIRMWARE_DIR/$code" >"whole-$code"
done
if [ -e whole-OVMF_CODE_4M.secboot.fd ]; then
    ok "a whole image with SMM is for Q35" says 1 whole-OVMF_CODE_4M.secboot.fd 'hvm     no: built with SMM_REQUIRE, for a Q35 board'
    # Whether that is so.
    stops() { ! "$HVMBED" run -q -l hvm-4g whole-OVMF_CODE_4M.secboot.fd >said && grep -E 'stopped in PEI: dead-loop' said; }
    ok "and it stops for ever in PEI" stops
    without() { says 0 whole-OVMF_CODE_4M.fd 'hvm     doubtful' && ! grep smm_require said; }
    ok "one without is not" without
else
    skip "whole images with and without SMM" "not there"
fi
firmware OVMF_VARS.fd "is variables only" 1 "flavour OVMF's variable store alone" 'hvm     no: this is OVMF_VARS.fd'
ok "a flat ROM" says 0 "$rom" 'flavour a flat image' 'hvm     unknown' 'pvh     no'
ok "a program" says 1 /bin/true 'flavour not a firmware image' 'hvm     no: this is an ELF program'
printf 'QFI\373' | cat - "$rom" >disk.qcow2
ok "qcow2" says 1 disk.qcow2 'hvm     no: this is a qcow2 disk image.*qemu-img convert -O raw'
{ head -c 131000 /dev/zero; printf 'SeaBIOS (version 1.16)'; head -c 50 /dev/zero; } >bios.bin
ok "SeaBIOS" says 1 bios.bin 'flavour SeaBIOS' 'hvm     no: this is SeaBIOS'

xen=$FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd
if [ -e "$xen" ]; then
    # What a build with FD_SIZE_4MB is: twice the size, with the header of 2 MiB.
    { head -c 131072 "$xen"; head -c 2097152 /dev/zero | tr '\0' '\377'; tail -c +131073 "$xen"; } >4m.fd
    ok "4 MiB with an ELF header for 2 MiB: HVM only" says 0 4m.fd 'hvm     yes' 'pvh     no: its ELF header covers 2048 KiB of 4096'
    gzip -9nc "$xen" >xen.fd.gz
    ok "gzip" says 0 xen.fd.gz 'flavour OvmfXen' 'unpacked from gzip'
    # The run says the same.
    same_words() {
        "$HVMBED" image "$xen" | sed -n 2,4p >a
        "$HVMBED" run -q "$xen" | sed -n 2,4p >b
        [ "$(wc -l <a)" = 3 ] && diff a b
    }
    ok "a run opens with the same verdict" same_words
    cut_short() {
        head -c 1500000 "$xen" >cut.fd
        says 1 cut.fd 'hvm     no: truncated'
    }
    ok "a truncated image" cut_short
    damaged() {
        { head -c 400000 "$xen"; head -c 64 /dev/zero; tail -c +400065 "$xen"; } >damaged.fd
        says 0 damaged.fd '! the LZMA data' 'machine      X64 +the header of SecMain'
    }
    ok "damage in the packed part" damaged

    # --- --find and --extract
    ok "--find by name" bash -c '"$HVMBED" image --find xenplatformpei "$0" | grep -q "F112A6EE-.*FVMAIN_COMPACT/PEIFV/XenPlatformPei"' "$xen"
    ok "--find by GUID" bash -c '"$HVMBED" image --find F112A6EE-993A-4F0B-8295-E52029D9B4BA "$0" | grep -q XenPlatformPei' "$xen"
    not_found() {
        "$HVMBED" image --find NoSuchModule -o found "$xen" 2>err
        [ $? = 2 ] && grep -q 'nothing in it is called NoSuchModule' err && [ ! -e found ]
    }
    ok "--find: not there" not_found
    extracts() {
        "$HVMBED" image --extract DxeCore -o core.efi "$xen" && [ "$(head -c 2 core.efi)" = MZ ] &&
            "$HVMBED" image --extract SecMain "$xen" | head -c 2 | grep -q MZ
    }
    ok "--extract" extracts
    ok "-v tells dependencies" bash -c '"$HVMBED" image -v "$0" | grep -q "PEI depex section  gEfiPeiPcdPpiGuid$"' "$xen"
else
    skip "OvmfXen's own tests" "OvmfXen is not built"
fi

# --- the contents, as UEFIExtract once counted them; t_uefitool.sh asks it, where it is there
counts() { # FILE: volumes, files (no pads), PE32 and TE sections, depex sections, UI sections
    "$HVMBED" image -f json "$1" | jq -r '[.. | objects | select(has("kind"))] |
        [([.[] | select(.kind == "volume")] | length), ([.[] | select(.kind == "file" and .type != "pad")] | length),
         ([.[] | select(.kind == "section" and (.type == "PE32" or .type == "TE"))] | length),
         ([.[] | select(.depex != null)] | length), ([.[] | select(.kind == "section" and .type == "UI")] | length)] | @text'
}
same_counts() { # FILE EXPECTED
    local ours
    ours=$(counts "$1")
    echo "here $ours, expected $2"
    [ "$ours" = "$2" ]
}
for name in ovmfxen/RELEASE/OVMF ovmfxen/DEBUG/OVMF; do
    file=$FIRMWARE_DIR/$name.fd
    if [ ! -e "$file" ]; then
        skip "$name.fd: contents" "not there"
    elif ! command -v jq >/dev/null; then
        skip "$name.fd: contents" "jq is not installed"
    else
        ok "$name.fd: contents as UEFIExtract once counted them" same_counts "$file" "[4,104,100,54,100]"
    fi
done

# --- the schema
cat >check.py <<'PYTHON'
import copy, json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
v = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    report = json.load(open(path))
    for e in v.iter_errors(report):
        sys.exit("%s: %s: %s" % (path, list(e.absolute_path), e.message))
    for key in list(report) + [None]:  # every key is needed, no other is let in
        damaged = dict(report, surprise=1) if key is None else {k: x for k, x in report.items() if k != key}
        if v.is_valid(damaged):
            sys.exit("accepted without or with " + str(key))
PYTHON
schema() {
    local n=0 file
    for file in "$rom" /bin/true disk.qcow2 "$FIRMWARE_DIR"/OVMF.fd "$FIRMWARE_DIR"/OVMF_VARS.fd "$xen" 4m.fd damaged.fd; do
        [ ! -e "$file" ] || "$HVMBED" image -f json -o $((n += 1)).json "$file"
    done
    python3 check.py "$SRC/docs/image.schema.json" ./*.json && [ $n -ge 3 ]
}
if python3 -c 'import jsonschema' 2>/dev/null; then
    ok "JSON reports are what the schema says" schema
else
    skip "JSON reports are what the schema says" "python3-jsonschema is not installed"
fi

# --- bad usage
refused() { # PATTERN ARGUMENTS...
    local pattern=$1
    shift
    "$HVMBED" image "$@" >out 2>err
    [ $? = 2 ] && grep -q -- "$pattern" err && [ ! -s out ]
}
ok "no file" refused usage
ok "two files" refused usage "$rom" "$rom"
ok "an unknown format" refused 'text|json' -f xml "$rom"
ok "a file that is not there" refused 'No such file' missing.fd
ok "a directory" refused directory .
ok "--find with --extract" refused 'do not go together' --find a --extract b "$rom"
done_testing

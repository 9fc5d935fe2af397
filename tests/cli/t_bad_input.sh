#!/bin/bash
# What cannot be run: exit 2, one line on stderr that says what is wrong, nothing on stdout, nothing left behind.
. "$SRC/tests/tap.sh"
cd "$T" || exit 1
rom=$BUILD/roms/good.fd

refused() { # PATTERN COMMAND...
    local pattern=$1 code
    shift
    timeout 60 "$@" >"$T/out" 2>"$T/err" </dev/null
    code=$?
    cat "$T/err"
    [ $code = 2 ] || { echo "exit code $code, expected 2"; return 1; }
    [ ! -s "$T/out" ] || { echo "on stdout:"; head -3 "$T/out"; return 1; }
    [ "$(wc -l <"$T/err")" = 1 ] || { echo "not exactly one line"; return 1; }
    grep -qiE -- "$pattern" "$T/err" || { echo "does not match $pattern"; return 1; }
}
bad_image() { # WHAT PATTERN FILE
    ok "image: $1" refused "$3.*$2" "$HVMBED" run "$3"
}

# --- images
: >empty.fd
bad_image "empty file" "empty.*OVMF.fd" empty.fd
head -c 1000000 "$rom" >truncated.fd
bad_image "truncated image" "MiB.*OVMF.fd" truncated.fd
head -c 524288 /dev/zero >zero.fd
bad_image "half a MiB of zeroes" "MiB.*OVMF.fd" zero.fd
head -c 2097152 /dev/zero >zeroes.fd
bad_image "2 MiB of zeroes" "reset vector.*OVMF.fd" zeroes.fd
head -c 1048576 /dev/urandom >random.fd
bad_image "random bytes" "not a firmware image" random.fd
bad_image "a directory" "directory.*OVMF.fd" .
truncate -s 5G sparse.fd
bad_image "a sparse file of 5 GiB" "too many" sparse.fd
bad_image "a file that is not there" "No such file" missing.fd
mkfifo fifo.fd
bad_image "a FIFO" "FIFO" fifo.fd
bad_image "a device" "device" /dev/null
bad_image "a program" "ELF" /bin/true
if [ "$(id -u)" != 0 ]; then
    cp "$rom" secret.fd && chmod 0 secret.fd
    bad_image "an unreadable file" "Permission denied" secret.fd
else
    skip "image: an unreadable file" "root reads everything"
fi
for name in OVMF_CODE OVMF_VARS OVMF_CODE_4M OVMF_VARS_4M; do
    if [ -e "$FIRMWARE_DIR/$name.fd" ]; then
        bad_image "$name.fd" "OVMF_${name:5:4}.*give the combined OVMF.fd" "$FIRMWARE_DIR/$name.fd"
    else
        skip "image: $name.fd" "not there; \`make firmware\` fetches it"
    fi
done
ok "image: PVH layout, no ELF note" refused "PVH entry.*OvmfXen" "$HVMBED" run --layout "$SRC/layouts/pvh-1g.cfg" "$rom"
ok "image: --handoff pvh, no ELF note" refused "PVH entry.*OvmfXen" "$HVMBED" run --handoff pvh "$rom"

# --- gzip
gzip -9nc "$rom" >good.fd.gz
head -c 300 good.fd.gz >cut.fd.gz
bad_image "gzip, truncated" "truncated" cut.fd.gz
{ head -c 200 good.fd.gz; printf XXXX; tail -c +205 good.fd.gz; } >damaged.fd.gz
bad_image "gzip, damaged" "damaged|MiB|image" damaged.fd.gz
head -c 300M /dev/zero | gzip -1nc >bomb.fd.gz
bad_image "gzip, a bomb" "more than|too many" bomb.fd.gz
gzip -nc good.fd.gz >twice.fd.gz
bad_image "gzip in gzip" "gzip" twice.fd.gz
same_verdict() {
    local facts='del(.image.name, .image.gzip)'
    "$HVMBED" run -q -f json "$rom" >plain.json && "$HVMBED" run -q -f json good.fd.gz >gz.json || return
    diff <(jq "$facts" plain.json) <(jq "$facts" gz.json) && jq -e .image.gzip gz.json
}
if command -v jq >/dev/null; then
    ok "gzip: the same verdict as unpacked" same_verdict
else
    skip "gzip: the same verdict as unpacked" "jq is not installed"
fi

# --- layouts
bad_layout() { # WHAT PATTERN TEXT
    printf '%b' "$3" >bad.cfg
    ok "layout: $1" refused "bad.cfg:$2" "$HVMBED" run --layout bad.cfg "$rom"
}
base='type = "hvm"\nmemory = 1024\n'
map='"0-a0000 RAM", "100000-40000000 RAM"'
bad_layout "overlap" "3: .*overlaps" "${base}bed_e820 = [ $map, \"200000-300000 RESERVED\" ]\n"
bad_layout "wrap" "3: .*(wraps|ends before)" "${base}bed_e820 = [ $map, \"fffffffffffff000-1000 RESERVED\" ]\n"
bad_layout "an entry of no size" "3: .*empty" "${base}bed_e820 = [ $map, \"80000000-80000000 RESERVED\" ]\n"
bad_layout "more than 64 bits" "3: " "${base}bed_e820 = [ $map, \"80000000-100000000000000000 RESERVED\" ]\n"
bad_layout "above the physical width" "3: .*phys" "${base}bed_e820 = [ $map, \"fffffff0000000-fffffff0001000 RAM\" ]\n"
bad_layout "no RAM at 1 MiB" "3: .*0x100000" "${base}bed_e820 = [ \"0-a0000 RAM\", \"200000-40000000 RAM\" ]\n"
bad_layout "an unknown type" "3: " "${base}bed_e820 = [ $map, \"80000000-80001000 ROM\" ]\n"
bad_layout "unknown bed_ key" "3: .*bed_phys_bits" "${base}bed_phys_bit = 40\n"
bad_layout "memory = 0" "2: .*memory" 'type = "hvm"\nmemory = 0\n'
bad_layout "negative memory" "2: " 'type = "hvm"\nmemory = -5\n'
bad_layout "memory that is no number" "2: " 'type = "hvm"\nmemory = "much"\n'
bad_layout "1 MiB" "[0-9]+: .*memory" 'type = "hvm"\nmemory = 1\nvga = "none"\n'
bad_layout "a syntax error" "3: " "${base}vcpus = = 1\n"
bad_layout "an open list" "[0-9]+: " "${base}bed_e820 = [ \"0-a0000 RAM\",\n"
bad_layout "an open string" "[0-9]+: " "${base}name = \"x\n"
bad_layout "an empty file" " .*empty" ''
bad_layout "no type" " .*type" 'memory = 1024\n'
bad_layout "a PV guest" "1: .*hvm" 'type = "pv"\nmemory = 1024\n'
bad_layout "an HVM key in a PVH guest" "3: .*PVH" 'type = "pvh"\nmemory = 1024\nbed_cmos_low_ram = 16777216\n'
bad_layout "CR LF" "[0-9]+: .*CR LF|[0-9]+: " 'type = "hvm"\r\nmemory = 1024\r\n'
odd() { # RAM that ends within a page is legal
    printf '%b' "${base}bed_e820 = [ \"0-9fc01 RAM\", \"100000-3fffff01 RAM\", \"fc00b000-100000000 RESERVED\" ]\n" >odd.cfg
    "$HVMBED" run -q --layout odd.cfg "$rom"
}
ok "layout: odd sizes are no error" odd
ok "layout: a file that is not there" refused "nosuch" "$HVMBED" run --layout nosuch.cfg "$rom"
mkdir bare
ok "layout: a folder without any" refused "bare: no \*.cfg" "$HVMBED" run --layout bare "$rom"
ok "layout: binary" refused "NUL|layout" "$HVMBED" run --layout "$rom" "$rom"
ok "layout: the wrong hand-off" refused "HVM guest" "$HVMBED" run --layout "$SRC/layouts/hvm-1g.cfg" --handoff pvh "$rom"

# --- options
ok "no such verb" refused "frobnicate" "$HVMBED" frobnicate
ok "no such option" refused "frobnicate" "$HVMBED" run --frobnicate "$rom"
ok "--symbols: no such folder" refused "nowhere.*No such file.*--symbols needs" "$HVMBED" run --symbols nowhere "$rom"
ok "--symbols: a file" refused "empty.fd.*Not a directory.*--symbols needs" "$HVMBED" run --symbols empty.fd "$rom"
ok "an option without its value" refused "layout" "$HVMBED" run "$rom" --layout
ok "no such format" refused "format" "$HVMBED" run --format xml "$rom"
ok "no such rule" refused "nonsense" "$HVMBED" run -W nonsense "$rom"
ok "no such hand-off" refused "bios" "$HVMBED" run --handoff bios "$rom"
ok "a budget that is no number" refused "budget" "$HVMBED" run --budget lots "$rom"
ok "a budget of nothing" refused "budget" "$HVMBED" run --budget 0 "$rom"
ok "a fill that is none" refused "fill.*xyz" "$HVMBED" run --fill xyz "$rom"
ok "a fill twice" refused "fill" "$HVMBED" run --fill 0,0x0 "$rom"
ok "nine fills" refused "fill" "$HVMBED" run --fill 1,2,3,4,5,6,7,8,9 "$rom"
usage() { # COMMAND...
    "$@" >"$T/out" 2>"$T/err"
    [ $? = 2 ] && [ ! -s "$T/out" ] && grep -q usage "$T/err"
}
ok "no image: usage" usage "$HVMBED" run
ok "nothing: usage" usage "$HVMBED"
helps() { "$HVMBED" "$@" --help >"$T/out" 2>"$T/err" && grep -q '^usage: hvmbed' "$T/out" && [ ! -s "$T/err" ]; }
ok "--help" helps
"$HVMBED" --help | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p' >verbs
ok "a list of verbs" test "$(wc -l <verbs)" -ge 10
while read -ra verb; do
    ok "${verb[*]} --help" helps "${verb[@]}"
done <verbs

# --- output
unwritable() { refused "nowhere" "$HVMBED" run -q -o nowhere/report.json "$rom" && [ ! -e nowhere ]; }
ok "-o: no such directory" unwritable
ok "-o: a directory" refused "directory" "$HVMBED" run -q -o "$T" "$rom"
full() { # COMMAND...
    "$@" >/dev/full 2>"$T/err"
    [ $? = 2 ] && cat "$T/err" && [ "$(wc -l <"$T/err")" = 1 ]
}
ok "stdout: no space left" full "$HVMBED" run -q "$rom"
ok "-o: no space left" refused "space" "$HVMBED" run -q -o /dev/full "$rom"
for verb in rules "run $rom" --help --version "run --help"; do
    closed() { "$HVMBED" $verb >&- 2>"$T/err"; code=$?; cat "$T/err"; [ $code != 0 ] && [ $code -lt 128 ]; }
    ok "stdout closed: ${verb%% /*}" closed
    filled() { "$HVMBED" $verb >/dev/full 2>"$T/err"; code=$?; cat "$T/err"; [ $code != 0 ] && [ $code -lt 128 ]; }
    ok "stdout full: ${verb%% /*}" filled
done
atomic() {
    mkdir -p d && echo old >d/report && "$HVMBED" run -q -f json -o d/report "$rom" && jq -e . d/report && [ "$(ls d)" = report ]
}
ok "-o: replaces the file, leaves no other" atomic
untouched() { # bad input after -o: the old report stays
    echo old >d/report
    ! "$HVMBED" run -q -o d/report empty.fd && [ "$(cat d/report)" = old ] && [ "$(ls d)" = report ]
}
ok "-o: keeps the old file when there is no report" untouched
done_testing

#!/bin/bash
# --trace: what is written, what the filters leave of it, where it ends; and that the verdict does not notice.
. "$SRC/tests/tap.sh"
cd "$T" || exit 1
rom=$BUILD/roms

run() { # ROM [OPTION...]: to trace
    local image=$1
    shift
    rm -f trace
    "$HVMBED" run -q --handoff hvm -l hvm-1g --trace trace "$@" "$rom/$image.fd" >out 2>err
    echo $? >rc
}
filtered() { # ROM FILTER...
    local image=$1 args=() f
    shift
    for f; do args+=(--trace-filter "$f"); done
    run "$image" "${args[@]}"
}
has() { grep -qE -- "$1" trace || { head -n 30 trace; return 1; }; }
kinds() { [ "$(grep -v '^#' trace | awk '{ print $1 }' | sort -u | tr '\n' ' ')" = "$1" ] || { head -n 30 trace; return 1; }; }
refused() { [ "$(cat rc)" = 2 ] && grep -qE -- "$1" err && [ ! -e trace ] || { cat err; return 1; }; }

run hypercall-page-free
ok "the head names image, layout and hand-off" grep -qE "^# hvmbed trace: hypercall-page-free.fd, sha256 $(sha256sum "$rom/hypercall-page-free.fd" | cut -c 1-64)$" trace
ok "phases" has '^phase +SEC$'
ok "modules" has '^module +TestPei at 0x900000, 0x[0-9a-f]+ bytes$'
ok "CPUID" has '^cpuid +TestPei\+0x[0-9a-f]+ +0x[0-9a-f]+, 0x[0-9a-f]+ = 0x[0-9a-f]{8} 0x[0-9a-f]{8} 0x[0-9a-f]{8} 0x[0-9a-f]{8}$'
ok "the end" has '^# end: handoff$'
filtered exception-gp-wrmsr kind=msr
ok "MSRs" has '^msr +TestPei\+0x[0-9a-f]+ +write 0x[0-9a-f]+ = 0x[0-9a-f]+: #GP$'
filtered shutdown-crash kind=hypercall
ok "hypercalls, by name" has '^hypercall TestPei\+0x[0-9a-f]+ +sched_op/shutdown\(0x2, '
ok "kind=: nothing else" kinds 'hypercall '
filtered shutdown-cf9 kind=port
ok "ports" has '^port +TestPei\+0x[0-9a-f]+ +out 1 0xcf9 = 0x[0-9a-f]+$'
filtered ok-interrupt-8259 kind=interrupt
ok "interrupts" has '^interrupt TestPei\+0x[0-9a-f]+ +vector 0x[0-9a-f]+$'
filtered exception-pf-write kind=exception,insn
ok "exceptions" has '^exception TestPei\+0x[0-9a-f]+ +vector 14$'
last_is_fault() { [ "$(grep -v '^#' trace | tail -n 1 | awk '{ print $1 }')" = exception ] && [ "$(grep -v '^#' trace | tail -n 2 | awk '{ print $2 }' | uniq | wc -l)" = 1 ]; }
ok "the instruction that faults is the last one told" last_is_fault
filtered write-reserved-console kind=write range=0xfefff000-0xfefff004
one_write() { [ "$(grep -vc '^#' trace)" = 1 ] && has '^write +TestPei\+0x[0-9a-f]+ +4 bytes at 0xfefff000 = 0x11223344$'; }
ok "range=: the one write there" one_write
filtered write-reserved-console kind=write,insn module=TestPei phase=PEI
before() { grep -B1 -E '^write .*0xfefff000' trace | head -n 1 | grep -qE '^insn +TestPei\+0x[0-9a-f]+ +mov '; }
ok "an instruction comes before what it does" before
ok "module= and phase=: nothing before PEI" eval '! grep -qE "^[a-z]+ +0x" trace'
filtered good kind=insn window=1000-1005
ok "window=" eval '[ "$(grep -vc "^#" trace)" -ge 1 ] && [ "$(grep -vc "^#" trace)" -le 40 ]'
filtered good kind=insn limit=100
ok "limit=: as many lines, and that is said" eval '[ "$(grep -vc "^#" trace)" = 100 ] && has "^# the limit of 100 lines is reached"'
"$HVMBED" run --handoff hvm --trace trace --trace-filter kind=insn --trace-filter limit=3 "$rom/good.fd" >/dev/null 2>err
ok "and on standard error" grep -q 'trace: only the first 3 lines; --limit trace=N allows more' err
filtered good kind=insn limit=40
ok "16-bit code is decoded as such" has '^insn +0xf[0-9a-f]{4} +jmp far '

# --- it is only looked at
"$HVMBED" run -q -f json --handoff hvm -l hvm-1g -o plain.json "$rom/write-image-forms.fd" >/dev/null
filtered write-image-forms kind=all
cp trace first
"$HVMBED" run -q -f json --handoff hvm -l hvm-1g -o traced.json --trace trace --trace-filter kind=all "$rom/write-image-forms.fd" >/dev/null
ok "the verdict is the same" cmp plain.json traced.json
ok "and so is the trace, twice" cmp first trace
"$HVMBED" run -q --handoff hvm -l hvm-4g --trace other --trace-filter kind=all "$rom/write-image-forms.fd" >/dev/null
few() { [ "$(diff <(grep -v '^#' trace) <(grep -v '^#' other) | grep -c '^[<>]')" -lt 200 ]; }
ok "in another guest it differs where the guests do" few
"$HVMBED" run -q --handoff hvm -l "$SRC/tests/roms/smp.cfg" --trace trace --trace-filter kind=block "$rom/smp-good.fd" >/dev/null
ok "several processors: whose line it is" has '^block +cpu1 '

# --- what is refused
run good --trace-filter kind=everything
ok "no such kind" refused "'kind=everything' is not KEY=VALUE"
run good --fill 0,af
ok "several fills" refused '^hvmbed: trace: --trace is for one boot'
run good -l hvm-4g
ok "several layouts" refused '^hvmbed: --trace is for one layout and one image'
"$HVMBED" run --handoff hvm --trace-filter kind=all "$rom/good.fd" >out 2>err; echo $? >rc; rm -f trace
ok "a filter without a trace" refused 'trace-filter is for --trace FILE'
run good --trace-filter kind=all --trace /no/such/folder/trace
ok "no such folder" refused '^hvmbed: /no/such/folder/trace: '

image=$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd
if [ -s "$image" ]; then
    "$HVMBED" run -q --handoff hvm -l hvm-1g --symbols "${image%/*}" --trace trace --trace-filter kind=hypercall "$image" >/dev/null
    ok "OvmfXen, with symbols: who called the stub" has '^hypercall XenPlatformPei\+0x[0-9a-f]+ +memory_op/add_to_physmap\(0x7, 0x[0-9a-f]+\) = 0  ; __XenHypercall2$'
else
    skip "OvmfXen, with symbols" "no OvmfXen image"
fi
done_testing

#!/bin/bash
# run --gdb with the real gdb: real mode, breakpoints by name, watchpoints, findings; that looking on changes nothing;
# and clients that are no debuggers.
. "$SRC/tests/tap.sh"

command -v gdb >/dev/null || skip_all "gdb is not installed"
roms=$BUILD/roms debug=$FIRMWARE_DIR/ovmfxen/DEBUG

# Starts hvmbed in the background: serve NAME ARGUMENT... Its report, messages and exit code are in $T/NAME.{out,err,rc}.
serve() {
    local name=$1
    shift
    ("$HVMBED" run -q --gdb "${where:-:0}" "$@" >"$T/$name.out" 2>"$T/$name.err"; echo $? >"$T/$name.rc") &
    for _ in $(seq 200); do
        grep -q 'target remote' "$T/$name.err" 2>/dev/null && break
        [ ! -s "$T/$name.rc" ] || break
        sleep 0.05
    done
    port=$(sed -n 's/.*target remote .*:\([0-9]*\)$/\1/p' "$T/$name.err")
}
# debug NAME COMMAND...: gdb on the one that was served last; what it says is in $T/NAME.gdb.
debug() {
    local name=$1 c args=()
    shift
    for c in "$@"; do args+=(-ex "$c"); done
    timeout 100 gdb -nx -batch -ex 'set confirm off' -ex 'set width 0' -ex "target remote ${where:-127.0.0.1:$port}" "${args[@]}" \
        >"$T/$name.gdb" 2>&1 </dev/null
    wait
}
says() { grep -qE -- "$2" "$T/$1" || { cat "$T/$1"; false; }; } # FILE PATTERN
exits() { [ "$(cat "$T/$1.rc")" = "$2" ] || { cat "$T/$1.err"; false; }; }

# --- the reset vector, in real mode
serve real -l hvm-1g --handoff hvm "$roms/good.fd"
debug real 'info registers rip cs cs_base' 'monitor mode' 'monitor disas' stepi 'p $rip' 'x/2xb 0xffff0' \
    'monitor stop-at-phase PEI' continue 'monitor mode' 'monitor phase' continue continue
ok "rip is linear in real mode" says real.gdb 'rip +0xffff0'
ok "the base of CS" says real.gdb 'cs_base +0xf0000'
ok "the mode" says real.gdb '^real mode, 16-bit code'
ok "its code" says real.gdb '^0xffff0: +jmp'
ok "a step over the far jump" says real.gdb '^\$1 = .*0xf0[0-9a-f]{3}'
ok "a phase stops it" says real.gdb 'hvmbed: PEI begins'
ok "by then it is in long mode" says real.gdb '^long mode, 64-bit code'
ok "the hand-off stops it" says real.gdb 'the run has ended \(handoff\)'
ok "it ends with the verdict" says real.gdb 'Inferior 1 .*exited normally'
ok "and so does hvmbed" exits real 0

# --- a finding, and what leads there
serve finding -l hvm-1g --handoff hvm "$roms/write-reserved-console.fd"
debug finding 'monitor stop-at-phase PEI' continue 'watch *(int*)0xfefff000' continue 'monitor findings' continue continue
ok "a finding stops it" says finding.gdb 'error\[write-reserved\]'
ok "with a signal" says finding.gdb 'SIGSEGV'
ok "findings are told again" test "$(grep -c 'error\[write-reserved\]' "$T/finding.gdb")" -ge 2
ok "it goes on to the hand-off" says finding.gdb 'has ended \(handoff\)'
ok "and ends as a finding" exits finding 1

# --- a loop that nothing ends but Ctrl-C; the guest is then killed
serve loop -l hvm-1g --handoff hvm "$roms/budget-counter.fd"
debug loop 'shell (sleep 1; kill -INT $PPID) &' continue 'p $rax > 100' 'set $rax = -2' 'p $rax' 'stepi' 'stepi' 'stepi' 'stepi' 'p $rax == 0 || $rax < 100' kill
ok "Ctrl-C stops a loop" says loop.gdb 'SIGINT'
ok "that has run" says loop.gdb '^\$1 = 1'
ok "a register is set" says loop.gdb '^\$2 = -2'
ok "and the guest goes on with it" says loop.gdb '^\$3 = 1'
ok "it is killed" says loop.err 'killed the guest'
ok "without a verdict" exits loop 3

# --- memory: written by the debugger, watched, guest-physical
serve memory -l hvm-1g --handoff hvm "$roms/good.fd"
debug memory 'set *(int*)0x500000 = 0x1234567' 'x/1xw 0x500000' 'x/1xb 0xfed40000' 'monitor walk 0x500000' \
    'maintenance packet Qqemu.PhyMemMode:1' 'maintenance packet qqemu.PhyMemMode' 'monitor phys off' \
    'set $cr3 = 1' 'watch *(long*)0x1340000' continue 'p $_siginfo' 'info registers rip' detach
ok "memory is written" says memory.gdb '0x500000:.*0x01234567'
ok "devices are not asked" says memory.gdb 'Cannot access memory at address 0xfed40000'
ok "a walk" says memory.gdb '^gpa 0x500000'
ok "physical addresses" says memory.gdb 'received: "1"'
ok "control registers stay" says memory.gdb 'Could not write register "cr3"'
ok "a watchpoint: old and new value" says memory.gdb '^Hardware watchpoint .*0x1340000'
ok "the run ends by itself" exits memory 0

# --- what is merely looked at is what it would have been
"$HVMBED" run -q -f json -l hvm-1g --handoff hvm "$roms/write-reserved-twice.fd" >"$T/plain.out" 2>/dev/null
serve same -f json -l hvm-1g --handoff hvm "$roms/write-reserved-twice.fd"
debug same stepi stepi 'stepi 500' 'break *0xffff0' 'monitor modules' continue 'stepi 3' 'monitor hobs' 'x/4xg $rsp' detach
ok "looked at and let go: the same report" cmp "$T/plain.out" "$T/same.out"

# --- processors
serve smp -l "$SRC/tests/roms/smp.cfg" --handoff hvm "$roms/smp-good.fd"
debug smp 'monitor stop-at-phase DXE' 'break *0x1' continue 'info threads' continue
ok "each processor is a thread" says smp.gdb 'Thread [2-4] \(vCPU [1-3]'
ok "and the run is a good one" exits smp 0

# --- a Unix socket
where=$T/socket serve unix -l hvm-1g --handoff hvm "$roms/good.fd"
where=$T/socket debug unix continue continue
ok "a Unix socket" exits unix 0
ok "is removed" test ! -e "$T/socket"

# --- who else may connect
serve crowd -l hvm-1g --handoff hvm "$roms/good.fd"
ask() { # BYTES: the answer to them, from a connection of its own
    exec 4<>"/dev/tcp/127.0.0.1/$port" && printf '%b' "$1" >&4 && timeout 5 head -c "${2:-1}" <&4
    local rc=$?
    exec 4>&-
    return $rc
}
ok "a browser is sent away" test -z "$(ask 'POST / HTTP/1.0\r\n\r\n$k#6b' 2>/dev/null)"
exec 5<>"/dev/tcp/127.0.0.1/$port"
printf '$?#3f' >&5
ok "a client is served" test "$(timeout 5 head -c 5 <&5)" = '+$T05'
ok "and nobody else" eval '! (exec 6<>/dev/tcp/127.0.0.1/$port) 2>/dev/null'
packet() { # CONTENT: framed
    local sum=0 i c
    for ((i = 0; i < ${#1}; i++)); do
        printf -v c %d "'${1:i:1}"
        sum=$(((sum + c) & 255))
    done
    printf '$%s#%02x' "$1" $sum
}
answers() { timeout 5 head -c 1000000 <&5 >/dev/null; } # so that it need not wait for somebody who reads them
answers &
for hostile in '' m mffffffffffffffff,ffffffffffffffff m0,ffffffff M0,4:00 M0,4:zz X0,4:ab P P999=00 P0=0 Pzz=zz p99999999999999999 \
    G G00 Z Z9,0,0 Z2,0,0 Z2,0,ffffffff Z4,ffffffffffff0000,8 z z0 H Hg Hg-1 Hgffffffff Hcz T Tffffffff qThreadExtraInfo, \
    qXfer:features:read:target.xml:ffffffff,ffffffff qXfer:features:read:target.xml:0,0 qXfer:libraries:read::0,zz qRcmd, qRcmd,zz \
    qRcmd,0000 qSupported: vCont 'vCont;' 'vCont;s:99' 'vCont;x' cffff C s:1 Qqemu.PhyMemMode: qqemu.PhyMemMode; do
    packet "$hostile" >&5
done
printf '+++---\xff\x00}}}}$$$#zz$m#00\x03\x03' >&5
head -c 100000 /dev/urandom >&5
kill $! 2>/dev/null
exec 5>&-
wait
ok "garbage, and a client that is gone: the run goes on" exits crowd 0
ok "and says so" says crowd.err 'debugger was lost'

refused() { # PATTERN ARGUMENT...
    local pattern=$1
    shift
    "$HVMBED" run -q "$@" >"$T/refused" 2>&1
    [ $? -eq 2 ] && says refused "$pattern"
}
ok "other machines are not let in" refused 'only this machine' --gdb 0.0.0.0:0 "$roms/good.fd"
ok "a place is needed" refused 'needs :PORT' --gdb 1234 "$roms/good.fd"
ok "one boot at a time" refused 'one layout and one image' --gdb :0 -l hvm-1g -l hvm-4g "$roms/good.fd"
ok "not several fills" refused 'one boot' --gdb :0 --fill 0,af "$roms/good.fd"
ok "a script needs symbols" refused 'give --symbols' --gdb-script "$T/no.gdb" "$roms/good.fd"

# --- real firmware: by name
if [ ! -e "$debug/OVMF.fd" ]; then
    skip "names" "no OvmfXen: make ovmfxen"
    done_testing
fi
"$HVMBED" run -q -l hvm-1g --handoff hvm --symbols "$debug" --gdb-script "$T/symbols.gdb" "$debug/OVMF.fd" >"$T/plain.out" 2>/dev/null
serve names -l hvm-1g --handoff hvm --symbols "$debug" "$debug/OVMF.fd"
debug names 'set breakpoint pending on' 'break PublishPeiMemory' continue 'bt 2' 'p/x mXenLeaf' 'info sharedlibrary' \
    'monitor modules' finish 'delete' 'watch *(char(*)[4096])0x800000' 'monitor stop-at-findings off' continue delete detach
ok "a breakpoint waits for its module" says names.gdb 'Breakpoint 1, PublishPeiMemory'
ok "with its caller" says names.gdb '#1 .*InitializeXenPlatform'
ok "a variable" says names.gdb '^\$[0-9]+ = 0x40000000'
ok "modules are libraries" says names.gdb 'XenPlatformPei.debug'
ok "finish" says names.gdb '^InitializeXenPlatform .*:46[0-9]$'
same_report() { # once the boot has come to its end, alone
    for _ in $(seq 600); do
        [ ! -s "$T/names.rc" ] || break
        sleep 0.1
    done
    cmp "$T/plain.out" "$T/names.out" || { head -n 20 "$T/names.out" "$T/names.err" "$T/names.gdb"; return 1; }
}
ok "the same report, to the byte" same_report

serve script -l hvm-1g --handoff hvm "$debug/OVMF.fd"
debug script "source $T/symbols.gdb" 'break PublishPeiMemory' continue 'bt 1' kill
ok "a script of an earlier run does as well" says script.gdb 'Breakpoint 1, .*PublishPeiMemory'
done_testing

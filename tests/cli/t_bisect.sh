#!/bin/bash
# git bisect run, unattended, in a repository of seeded faults; and every answer that hvmbed bisect can give.
. "$SRC/tests/tap.sh"
command -v git >/dev/null || skip_all "git is not installed"
command -v nasm >/dev/null || skip_all "nasm is not installed"
rom=$BUILD/roms
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t \
    GIT_COMMITTER_EMAIL=t@t
cd "$T" || exit 1

# --- the repository: firmware whose commits build it, break it, and break its build
mkdir tree && cd tree || exit 1
git -c init.defaultBranch=main init -q .
printf '*.fd\n' >.gitignore
cp "$SRC/firmware/roms/rom.inc" .
cat >build.sh <<'END'
#!/bin/sh
exec nasm -f bin -o fw.fd fw.asm
END
chmod +x build.sh
pei= memory= head=
compose() {
    {
        [ -z "$pei" ] || printf '%%macro AT_PEI 0\n%s\n%%endmacro\n' "$pei"
        [ -z "$memory" ] || printf '%%macro AT_MEMORY 0\n%s\n%%endmacro\n' "$memory"
        printf '%s%%include "rom.inc"\n' "$head"
    } >fw.asm
}
commit() { # NAME
    compose
    echo "$1" >>history
    git add -A
    git commit -q -m "$1"
    git tag "$1"
}
reserved='mov rdi, 0xfefff000
mov dword [rdi], 0x11223344'
commit first
head='; a remark
'; commit remark
memory='nop'; commit harmless
head='this is no assembly
'; commit does-not-build
head='; a remark
'; commit builds-again
sed -i 's/^exec .*/exit 0/' build.sh; commit builds-nothing
git show first:build.sh >build.sh; commit builds-something
memory="nop
$reserved"; commit THE-FAULT
memory="nop
nop
nop
$reserved"; commit moves-it
pei='hlt'; commit dies-before-it
pei=; commit lives-again
memory="$memory
mov rdi, 0xfff00000
mov dword [rdi], 1"; commit another-fault
head='; another remark
'; commit broken-head
head='; the third
'; commit still-broken
memory='mov rdi, 0xfff00000
mov dword [rdi], 1'; commit THE-FIX
head='; the last
'; commit last
git checkout -q broken-head

run_bisect() { # LOG BAD GOOD OPTION...
    local log=$1 bad=$2 good=$3
    shift 3
    rm -f fw.fd
    git bisect start "$bad" "$good" >"$log" 2>&1
    timeout 300 git bisect run "$HVMBED" bisect -q --handoff hvm -l hvm-1g --build ./build.sh --build-log "$T/build.log" "$@" \
        fw.fd >>"$log" 2>&1
    echo $? >"$log.rc"
    git rev-parse -q --verify refs/bisect/bad >"$log.commit"
    git bisect reset -q >/dev/null 2>&1
}
lands() { # LOG TAG
    [ "$(cat "$1.commit")" = "$(git rev-parse "$2")" ] && [ "$(cat "$1.rc")" = 0 ] ||
        { echo "landed on $(git log -1 --format=%s "$(cat "$1.commit")")"; cat "$1"; return 1; }
}
log=$T/log
run_bisect "$log.rule" broken-head first --rule write-reserved
ok "by rule: the commit that brought it" lands "$log.rule" THE-FAULT
ok "the log says why, commit by commit" grep -qE '^hvmbed bisect: BAD    hvm-1g: error\[write-reserved\] [0-9a-f]{16} in family [0-9a-f]{16}, TestPei\+0x' "$log.rule"
run_bisect "$log.any" broken-head first
ok "any error: the same" lands "$log.any" THE-FAULT
run_bisect "$log.other" broken-head first --rule write-image
ok "another rule: the other commit" lands "$log.other" another-fault

git checkout -q broken-head && ./build.sh
"$HVMBED" run -q --handoff hvm -l hvm-1g -W write-image --save-case "$T/found.json" fw.fd >/dev/null
family=$(sed -n '/"write-reserved"/,/family/s/.*"family": "\(.*\)".*/\1/p' "$T/found.json" | head -n 1)
run_bisect "$log.family" broken-head first --fingerprint "$family"
ok "by fingerprint, where code has moved: its family" lands "$log.family" THE-FAULT
git checkout -q THE-FAULT && ./build.sh
"$HVMBED" run -q --handoff hvm -l hvm-1g --save-case "$T/then.json" fw.fd >/dev/null
exact=$(sed -n 's/.*"fingerprint": "\(.*\)".*/\1/p' "$T/then.json" | head -n 1)
run_bisect "$log.exact" THE-FAULT first --fingerprint "$exact"
ok "by fingerprint, as it was there" lands "$log.exact" THE-FAULT

rm -f fw.fd && git bisect start broken-head first >/dev/null 2>&1
git bisect run "$HVMBED" bisect -q --case "$T/found.json" --build ./build.sh --build-log "$T/build.log" fw.fd >"$log.case" 2>&1
echo $? >"$log.case.rc"
git rev-parse refs/bisect/bad >"$log.case.commit"
git bisect reset -q >/dev/null 2>&1
ok "by a case file: guest, options, fault" lands "$log.case" THE-FAULT

rm -f fw.fd && git bisect start --term-old=broken --term-new=fixed last broken-head >/dev/null 2>&1
git bisect run "$HVMBED" bisect -q --invert --handoff hvm --rule write-reserved --build ./build.sh fw.fd >"$log.fix" 2>&1
echo $? >"$log.fix.rc"
git rev-parse refs/bisect/fixed >"$log.fix.commit"
git bisect reset -q >/dev/null 2>&1
ok "--invert: the commit that fixed it" lands "$log.fix" THE-FIX

# --- each answer
bisect() { # OPTION... FIRMWARE
    timeout 60 "$HVMBED" bisect -q --handoff hvm "$@" >"$T/out" 2>"$T/err" </dev/null
    echo $? >"$T/rc"
}
gives() { # CODE [TEXT]
    [ "$(cat "$T/rc")" = "$1" ] && grep -qE -- "${2-.}" "$T/out" "$T/err" || { echo "exit code $(cat "$T/rc")"; cat "$T/out" "$T/err"; return 1; }
}
at() { # TAG OPTION...
    git checkout -q "$1" && git clean -qfdx
    shift
    bisect --build ./build.sh "$@" fw.fd
}
at first --rule write-reserved
ok "good: 0" gives 0 '^hvmbed bisect: GOOD '
at does-not-build
ok "a build that fails: 125" gives 125 'SKIP .*the build failed: exit status 1$'
ok "its output goes to standard error" grep -q 'fw.asm:[0-9]*: ' "$T/err"
at builds-nothing
ok "no image: 125" gives 125 'SKIP .*fw.fd'
git checkout -q first && ./build.sh && git checkout -q builds-nothing
bisect --build ./build.sh fw.fd
ok "an image of another commit: 125" gives 125 'left the image as it was'
bisect --build ./build.sh --accept-old fw.fd
ok "--accept-old takes it" gives 0 GOOD
at dies-before-it --rule write-reserved
ok "another fault first: 125" gives 125 'SKIP .*another fault came first: error\[halt\]'
at dies-before-it
ok "but bad, when any error is sought" gives 1 'BAD .*error\[halt\]'
at last --invert --rule write-reserved
ok "--invert: fixed is 1" gives 1 '^hvmbed bisect: FIXED '
bisect --build 'sleep 1000 & sleep 1001' --build-timeout 1 fw.fd
late() { gives 125 'not done after 1 seconds' && ! pgrep -f 'sleep 100[01]$'; }
ok "a build that hangs: 125, and nothing of it is left" late
bisect --build 'kill -9 $$' fw.fd
ok "a build that dies: 125" gives 125 'died of signal 9'
head -c 65536 /dev/urandom >garbled.fd
bisect garbled.fd
ok "a garbled image: 125" gives 125 'SKIP '
bisect "$rom/budget-counter.fd" --budget 2
ok "inconclusive: 125" gives 125 'SKIP .*inconclusive \(budget\)'
bisect "$rom/write-reserved-console.fd" -l hvm-1g -l hvm-4g
ok "several guests: one that shows it is enough" gives 1 'BAD '
bisect "$rom/write-reserved-console.fd" -W write-reserved
ok "what -W made a warning is none" gives 0 'GOOD '
bisect "$rom/write-reserved-console.fd" -W write-reserved --rule write-reserved
ok "but a rule is sought whatever its severity" gives 1 'BAD .*warning\[write-reserved\]'
"$HVMBED" bisect -q -l pvh-1g "$rom/good.fd" >"$T/out" 2>"$T/err"; echo $? >"$T/rc"
ok "an image that this guest cannot boot: 125" gives 125 'SKIP .*no PVH entry'

# --- what must stop git
for wrong in '--rule no-rule x.fd' '--fingerprint 12 x.fd' '-l no-such-layout x.fd' '-l pvh-1g x.fd' '--build-timeout 5 x.fd' \
    '--case missing.json x.fd' 'a.fd b.fd' '' '--no-such x.fd' '--disk missing.img x.fd' '--build true --build-log /no/such/dir/log x.fd'; do
    # shellcheck disable=SC2086
    bisect $wrong
    ok "254: $wrong" gives 254
done
if [ -e /dev/full ]; then
    "$HVMBED" bisect -q --handoff hvm "$rom/good.fd" >/dev/full 2>"$T/err"; echo $? >"$T/rc"
    ok "254: an answer that cannot be written" gives 254 'standard output: write failed: No space left'
fi
bisect --help
ok "--help says which codes" gives 0 '125 cannot tell'
stopped() {
    setsid "$HVMBED" bisect -q --build 'sleep 1002' fw.fd >/dev/null 2>&1 &
    local pid=$! i
    for i in 1 2 3 4 5 6 7 8 9 10; do pgrep -f 'sleep 1002$' >/dev/null && break; sleep 0.3; done
    kill -TERM $pid
    wait $pid
    [ $? = 143 ] && ! pgrep -f 'sleep 1002$'
}
ok "interrupted: the build ends, and so does bisect, by that signal" stopped
done_testing

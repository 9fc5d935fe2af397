#!/bin/bash
# The cage: what is tried from inside the engine, and what the program says of it.
. "$SRC/tests/tap.sh"
[ -z "${SAN-}" ] || skip_all "a sanitizer needs more than the sandbox gives"

# 7: a descriptor that is nobody's business; standard input and the environment have something to be stolen.
HVMBED_SECRET=token "$BUILD/cage/probe" "$BUILD/roms/good.fd" 7</etc/hostname <<<"a secret" >"$T/probe"
probed() { cat "$T/probe"; grep -q '^1\.\.[1-9]' "$T/probe" && ! grep -q '^not ok' "$T/probe"; }
if grep -q '^1\.\.0' "$T/probe"; then
    skip "what is tried from inside" "$(sed 's/.*SKIP //' "$T/probe")"
else
    while read -r line; do ok "${line#*- }" test "${line%% *}" = ok; done < <(grep -E '^(not )?ok ' "$T/probe")
    ok "all of it" probed
    ok "-v says that it is whole" grep -qE '^ +sandbox +whole$' <("$HVMBED" run -q -v "$BUILD/roms/good.fd")
    ok "a report without -v is silent" test -z "$("$HVMBED" run -q "$BUILD/roms/good.fd" | grep sandbox)"
    ok "so is JSON" test -z "$("$HVMBED" run -q -f json "$BUILD/roms/good.fd" | grep '"sandbox"')"
    ok "--require-sandbox is content" "$HVMBED" run -q --require-sandbox "$BUILD/roms/good.fd"
fi
off() { "$HVMBED" run -q --sandbox no -f json "$BUILD/roms/good.fd" | grep -q '"sandbox": "off"' && "$HVMBED" run -q --sandbox no "$BUILD/roms/good.fd" | grep -q 'sandbox off'; }
ok "without a cage the report says so" off
refused() { "$HVMBED" "$@" >"$T/out" 2>&1; [ $? = 2 ] && grep -q -- '--require-sandbox' "$T/out"; }
ok "--require-sandbox and no sandbox: 2" refused run -q --require-sandbox --sandbox no "$BUILD/roms/good.fd"
# A kernel without a part of it, as far as the program can tell: strace answers for the kernel.
if command -v strace >/dev/null && strace -f -e inject=landlock_create_ruleset:error=ENOSYS true 2>/dev/null; then
    without() { strace -f -o /dev/null -e inject=landlock_create_ruleset:error=ENOSYS "$HVMBED" "$@"; }
    missing() {
        without run -q -f json "$BUILD/roms/good.fd" >"$T/json" && grep '"sandbox": "without files (Function not implemented)"' "$T/json" &&
            without run -q "$BUILD/roms/good.fd" | grep 'sandbox without files'
    }
    ok "a part that is missing is told, and the rest is taken" missing
    required() { without run -q --require-sandbox "$BUILD/roms/good.fd" >"$T/out" 2>&1; [ $? = 2 ] && grep 'does not give a part of the sandbox: files' "$T/out"; }
    ok "and --require-sandbox refuses: 2, by name" required
else
    skip "a part that is missing is told" "no strace, or no right to use it"
fi
done_testing

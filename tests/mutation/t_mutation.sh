#!/bin/bash
# Does the machinery of tests/mutation work? A few mutants, always the same; that an untested check comes out as a survivor, and
# a tested one does not. All mutants: make test-mutation.
. "$SRC/tests/tap.sh"
command -v python3 >/dev/null || skip_all "python3 is not installed"
command -v jq >/dev/null || skip_all "jq is not installed"
mutate() { nice timeout 500 "$SRC/tests/mutation/mutation.py" --fresh --quick "$@" >"$T/out" 2>&1; }
says() { grep -qE "$1" "$T/out" || { cat "$T/out"; return 1; }; }

killed() { mutate --sample 12; says '^12/12 = 100.0 %, 0 survivors$'; }
ok "a sample of mutants is noticed" killed

# check_interrupts(), with no other test than one that it has nothing to say about: nobody can notice that it is gone.
gone=(--part emu/check/handoff/tables.c --function check_interrupts --operator never)
untested() {
    mutate "${gone[@]}" --tests '^rom good on hvm-1g$' && { cat "$T/out"; return 1; }
    says '^0/1 = 0.0 %, 1 survivors$' && says '^ +- if \(\(v->regs.rflags & RFLAGS_IF\) != 0\)$' && says '^ +\+ if \(0\)$'
}
tested() { mutate "${gone[@]}" --tests '^rom (good|interrupts-on) on hvm-1g$' && says '^1/1 = 100.0 %, 0 survivors$'; }
ok "a check without a test is a survivor" untested
ok "with its test it is none" tested

# What is no function is compiled alone.
rows() { mutate --part emu/check/known.c --function accesses --tests '^unit test_handoff_checks$'; says '^4/4 = 100.0 %, 0 survivors$'; }
ok "rows of tables" rows

unchanged() { mutate --list emu/check/known.c --operator widen && [ "$(grep -c '^emu/check/known.c' "$T/out")" = 11 ]; }
ok "every exception of known.c is widened" unchanged
done_testing

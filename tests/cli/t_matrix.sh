#!/bin/bash
# All layouts by all images: the table, the order, what a case that dies costs, and what an interrupt leaves behind.
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
cd "$T" || exit 1
rom=$BUILD/roms
mkdir -p a b
cp "$rom/good.fd" a/OVMF.fd
cp "$rom/exec-null-call.fd" b/OVMF.fd
# It counts for as long as its budget lets it.
cp "$rom/budget-counter.fd" endless.fd

matrix() { # OUT [OPTION...] IMAGE...
    local out=$1
    shift
    timeout 600 "$HVMBED" run --handoff hvm "$@" >"$out" 2>"$out.err" </dev/null
    echo $? >"$out.rc"
}
code_is() { [ "$(cat "$1.rc")" = "$2" ] || { echo "exit code $(cat "$1.rc"), expected $2"; cat "$1.err" "$1"; return 1; }; }
has() { grep -qE -- "$2" "$1" || { cat "$1"; return 1; }; }
same() { cmp "$1" "$2"; }

# --- the table
matrix text -l hvm-1g -l 'hvm-[48]g' -l pvh-1g a/OVMF.fd b/OVMF.fd
cat >expected <<'END'
        a/OVMF.fd  b/OVMF.fd
hvm-1g  ok         exec-null
hvm-4g  ok         exec-null
hvm-8g  ok         exec-null
pvh-1g  n/a        n/a

error[exec-null]: jump or call to address 0, in 3 cases
END
ok "a row for each layout, a column for each image" diff expected <(head -n 7 text)
ok "exit code of the worst" code_is text 1
ok "equal findings are one, with their cases" has text '^    cases   b/OVMF.fd: hvm-1g, hvm-4g, hvm-8g$'
ok "where nothing goes together: why" has text '^    why     this is a PVH guest: --handoff hvm cannot boot it$'
ok "the total comes last" diff - <(tail -n 1 text) <<'END'
FAIL  4 layouts, 2 images, 8 cases: 3 passed, 3 failed, 2 not applicable; distinct: 1 error
END
plain() { ! grep -q $'\033' "$1" && [ ! -s "$1.err" ]; }
ok "no colour, nothing on stderr" plain text
matrix clean -l hvm-1g -l hvm-4g a/OVMF.fd
ok "all is well: PASS, exit 0" eval 'code_is clean 0 && has clean "^PASS  2 layouts, 1 image, 2 cases: 2 passed$"'

# --- order and bytes
for format in text json; do
    matrix $format.1 -j 1 -f $format -l hvm-1g -l hvm-4g -l pvh-1g --budget 40 b/OVMF.fd endless.fd a/OVMF.fd
    matrix $format.4 -j 4 -f $format -l hvm-1g -l hvm-4g -l pvh-1g --budget 40 b/OVMF.fd endless.fd a/OVMF.fd
    matrix $format.auto -j auto -f $format -l hvm-1g -l hvm-4g -l pvh-1g --budget 40 b/OVMF.fd endless.fd a/OVMF.fd
    ok "$format: one at a time or four, the same bytes" same $format.1 $format.4
    ok "$format: as many as there are processors" same $format.1 $format.auto
done
ok "the order is the command line's" test "$(jq -c '[.cases[] | [.layout, .image]]' json.4)" = \
    '[["hvm-1g","b/OVMF.fd"],["hvm-1g","endless.fd"],["hvm-1g","a/OVMF.fd"],["hvm-4g","b/OVMF.fd"],["hvm-4g","endless.fd"],["hvm-4g","a/OVMF.fd"],["pvh-1g","b/OVMF.fd"],["pvh-1g","endless.fd"],["pvh-1g","a/OVMF.fd"]]'
ok "an error is worse than what is inconclusive" eval 'code_is json.4 1 && [ "$(jq -c "[.cases[].exit_code]" json.4)" = "[1,3,0,1,3,0,null,null,null]" ]'
ok "summary" test "$(jq -c .summary json.4)" = \
    '{"cases":9,"passed":2,"failed":2,"inconclusive":2,"defect":0,"not_applicable":3,"findings":1}'
matrix budget -l hvm-1g -l hvm-4g --budget 2 endless.fd
ok "all inconclusive: exit 3" eval 'code_is budget 3 && has budget "^inconclusive: budget, in 2 cases" && has budget "^hvm-4g  budget$"'

# --- each case as if it were alone
matrix alone -f json -l hvm-4g b/OVMF.fd
ok "one layout and one image: the report itself" eval 'code_is alone 1 && jq -e ".schema == \"hvmbed-report/1\"" alone'
matrix one -f json -l 'hvm-4?' b/OVMF.fd
ok "a pattern is a matrix, however many match" eval 'jq -e ".schema == \"hvmbed-matrix/1\" and (.cases | length) == 1" one'
ok "a case's report is that of its own run" diff <(jq '.cases[0].report' one) <(jq . alone)
matrix files -f json -l hvm-1g -l hvm-4g -l pvh-1g --reports own a/OVMF.fd b/OVMF.fd
ok "--reports: a file for each case that was booted" test "$(echo own/*)" = \
    "own/hvm-1g--a-OVMF.json own/hvm-1g--b-OVMF.json own/hvm-4g--a-OVMF.json own/hvm-4g--b-OVMF.json"
ok "--reports: the same bytes as alone" same own/hvm-4g--b-OVMF.json alone
ok "--reports: the summary names them" test "$(jq -c '[.cases[] | .file, .report]' files)" = \
    '["hvm-1g--a-OVMF.json",null,"hvm-1g--b-OVMF.json",null,"hvm-4g--a-OVMF.json",null,"hvm-4g--b-OVMF.json",null,null,null,null,null]'
echo old >own/pvh-1g--OVMF.json
matrix again -f json -l hvm-1g -l pvh-1g --reports own a/OVMF.fd
ok "--reports: none of an earlier run is left where there is no report now" test -e own/hvm-1g--OVMF.json -a ! -e own/pvh-1g--OVMF.json
matrix verbose -v -l hvm-1g -l hvm-4g b/OVMF.fd
"$HVMBED" run --handoff hvm -v -l hvm-1g b/OVMF.fd >alone.text
ok "-v: the cases' own reports first" same <(head -c "$(stat -c %s alone.text)" verbose) alone.text
mkdir twins twins/a twins/b
cp "$SRC/layouts/hvm-1g.cfg" twins/a/guest.cfg
cp "$SRC/layouts/hvm-4g.cfg" twins/b/guest.cfg
matrix twins.out -l twins/a/guest.cfg -l twins/b/guest.cfg -l twins/a/guest.cfg a/OVMF.fd a/OVMF.fd
ok "names that tell them apart, each once" eval 'has twins.out "^a/guest  ok$" && has twins.out "^b/guest  ok$" && has twins.out "2 layouts, 1 image, 2 cases"'
matrix stdin -l 'all' -l '!hvm-*' -l '!pvh-*' a/OVMF.fd
ok "no layout is left: exit 2" code_is stdin 2
matrix folder -l "$SRC/layouts" -l '!*-[0-9]*' -l '!pvh-*' a/OVMF.fd
ok "a folder, and less of it" eval 'code_is folder 0 && has folder "^hvm-rmrr " && ! grep -q "^hvm-1g " folder'

# --- what cannot be
refused() { # PATTERN [OPTION...]
    local pattern=$1
    shift
    matrix refused "$@"
    cat refused.err
    [ "$(cat refused.rc)" = 2 ] && [ ! -s refused ] && [ "$(wc -l <refused.err)" = 1 ] && grep -qE -- "$pattern" refused.err
}
printf 'type = "hvm"\nmemory = = 1\n' >bad.cfg
head -c 1000 a/OVMF.fd >short.fd
ok "one layout is malformed: nothing is booted" refused '^hvmbed: bad.cfg:2: ' -l hvm-1g -l bad.cfg a/OVMF.fd
ok "one image is none" refused '^hvmbed: short.fd: ' -l hvm-1g a/OVMF.fd short.fd
ok "no preset matches" refused "^hvmbed: hvx-\*: no preset" -l 'hvx-*' a/OVMF.fd
ok "nothing goes together" refused 'nothing to boot.*PVH guest' -l 'pvh-*' a/OVMF.fd
ok "no such hvmloader" refused '^hvmbed: nowhere: ' --handoff hvmloader --hvmloader nowhere -l hvm-1g -l hvm-4g a/OVMF.fd
ok "-j 0" refused "'0' is not N" -j 0 a/OVMF.fd
ok "-j lots" refused "'lots' is not N" -j lots a/OVMF.fd
ok "--reports: a file" refused '^hvmbed: short.fd: cannot be a folder' --reports short.fd -l hvm-1g a/OVMF.fd
ok "--reports: no such place" refused '^hvmbed: no/where: cannot be a folder' --reports no/where -l hvm-1g a/OVMF.fd
mkdir -p blocked/hvm-1g--OVMF.txt
ok "--reports: one cannot be written" refused 'blocked/hvm-1g--OVMF.txt: ' --reports blocked -l hvm-1g a/OVMF.fd
ok "-o: no such place" refused 'nowhere/x: ' -o nowhere/x -l hvm-1g -l hvm-4g a/OVMF.fd

# --- a case that dies costs itself
children() { pgrep -P "$1"; }
await() { # PARENT NUMBER [NOT]: until it has so many children, none of them NOT
    local found
    for _ in $(seq 600); do
        found=$(children "$1" | grep -vxF -- "${3:-none}")
        if [ "$(grep -c . <<<"$found")" = "$2" ]; then
            echo "$found"
            return
        fi
        sleep 0.05
    done
    return 1
}
begin() { # OUT [OPTION...]: in the background; $pid
    local out=$1
    shift
    "$HVMBED" run --handoff hvm "$@" >"$out" 2>"$out.err" </dev/null &
    pid=$!
}
finish() { # OUT
    wait "$pid"
    echo $? >"$1.rc"
}
crash() { # OUT SIGNAL: both children of the endless case
    local first second
    begin "$1" -j 1 -f json --budget 1000000 -l hvm-1g endless.fd a/OVMF.fd
    first=$(await "$pid" 1)
    # The good one is next; then this one again. Slow machines need patience, not luck: it is the one that stays.
    kill -"$2" "$first"
    second=$(stays "$first")
    kill -"$2" "$second"
    finish "$1"
}
stays() { # NOT: the child that is there for half a second
    local child
    for _ in $(seq 100); do
        child=$(await "$pid" 1 "$1") && sleep 0.5 && [ "$(children "$pid")" = "$child" ] && break
    done
    echo "$child"
}
if command -v pgrep >/dev/null; then
    crash killed ABRT
    ok "a case is killed twice: it alone is lost" test "$(jq -c '[.cases[] | .state, .reason]' killed)" = \
        '["lost","killed by signal 6 (ABRT)","booted",null]'
    ok "which is inconclusive" code_is killed 3
    ok "the other one is as ever" diff <(jq '.cases[1].report' killed) <(jq '.cases[2].report' json.1)
    ok "it says so, once" diff - killed.err <<'END'
hvmbed: hvm-1g, endless.fd: killed by signal 6 (ABRT); it will be tried again
END
    begin second -j 2 -f json --budget 100 -l hvm-1g -l hvm-4g endless.fd
    kill -KILL $(await "$pid" 2)
    finish second
    matrix calm -j 2 -f json --budget 100 -l hvm-1g -l hvm-4g endless.fd
    ok "all are killed once: the same bytes as without" eval 'same second calm && [ "$(wc -l <second.err)" = 2 ]'

    # --- interrupts
    gone() { for _ in $(seq 100); do kill -0 "$@" 2>/dev/null || return 0; sleep 0.05; done; return 1; }
    interrupted() { # SIGNAL CODE
        local kids code
        rm -rf d && mkdir d && echo old >d/report
        env --default-signal="$1" "$HVMBED" run --handoff hvm -j 2 --budget 1000000 --reports d -o d/report -l hvm-1g -l hvm-4g endless.fd 2>err &
        pid=$!
        kids=$(await "$pid" 2)
        kill -"$1" "$pid"
        wait "$pid"
        code=$?
        for kid in $kids; do gone "$kid" || { echo "a child is left"; return 1; }; done
        cat err
        [ $code = "$2" ] || { echo "exit code $code"; return 1; }
        [ "$(ls d)" = report ] && [ "$(cat d/report)" = old ] && [ ! -s err ]
    }
    ok "SIGTERM: all end, nothing is half-written, 143" interrupted TERM 143
    ok "SIGINT: 130" interrupted INT 130
    ok "SIGHUP: 129" interrupted HUP 129
    orphans() {
        begin orphans -j 2 --budget 1000000 -l hvm-1g -l hvm-4g endless.fd
        local kids
        kids=$(await "$pid" 2)
        kill -KILL "$pid"
        wait "$pid"
        for kid in $kids; do gone "$kid" || return 1; done
    }
    ok "SIGKILL: no child goes on alone" orphans
else
    skip "a case that dies" "no pgrep(1)"
fi

# --- progress
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    TERM=xterm script -qec "'$HVMBED' run --handoff hvm -j 2 -o /dev/null -l hvm-1g -l hvm-4g a/OVMF.fd b/OVMF.fd" /dev/null >progress 2>&1 </dev/null
    ok "terminal: how many are done, what runs, what was found" eval 'has progress "0/4 .*running: hvm-1g a/OVMF.fd" && has progress "\[#+-*\] [1-4]/4  0:[0-9]+  [0-9] error"'
    TERM=xterm script -qec "'$HVMBED' run -q --handoff hvm -o /dev/null -l hvm-1g -l hvm-4g a/OVMF.fd" /dev/null >progress 2>&1 </dev/null
    ok "terminal: nothing with -q" test ! -s progress
else
    skip "terminal: progress" "script(1) cannot make a terminal here"
fi
done_testing

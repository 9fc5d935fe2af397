#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Several reports of one boot: who goes where, and what cannot be asked for.
. "$SRC/tests/tap.sh"
rom=$BUILD/roms/exec-null-call.fd
cd "$T" || exit 1

run() { "$HVMBED" run -q --handoff hvm -l hvm-1g "$@" >out 2>err; }
fails_with() { # EXIT MESSAGE ARGUMENT...: one line, and nothing written
    local want=$1 message=$2
    shift 2
    run "$@" "$rom"
    [ $? = "$want" ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -qF -- "$message" err && [ ! -e a ]
}

run -f text "$rom" && exit 1
mv out alone.txt
run -f junit "$rom"
mv out alone.xml

run -f junit=a.xml -f sarif=a.sarif "$rom"
ok "files besides the text on standard output" cmp out alone.txt
ok "each is what it is alone" cmp a.xml alone.xml
run -f junit -f text=a.txt "$rom"
ok "another form on standard output" cmp out alone.xml
ok "and the text in a file" cmp a.txt alone.txt
run -f junit -o b.xml -f text=b.txt "$rom"
ok "--output is for the one without a file" cmp b.xml alone.xml
ok "and standard output stays empty" [ ! -s out ]
run -f junit=- "$rom"
ok "=- is standard output" cmp out alone.xml
run -f text=/dev/null -f github=/dev/stderr "$rom"
ok "a file may be a device" grep -q '^::error ' err
rm -f a b

ok "two on standard output" fails_with 2 "--format: only one report can go to standard output" -f text -f json
ok "one file for two" fails_with 2 "a: two reports are to go there" -f junit=a -f sarif=a
ok "one file for --output and another" fails_with 2 "a: two reports are to go there" -o a -f sarif=a
ok "a form that is none" fails_with 2 "'xml=a' is not text|json|" -f xml=a
ok "a file without a name" fails_with 2 "'junit=' is not text|json|" -f junit=
written_nowhere() {
    run -f junit=none/a.xml -f sarif=c.sarif "$rom"
    [ $? = 2 ] && [ ! -s out ] && [ ! -e c.sarif ] && [ ! -e none ] && [ -z "$(ls | grep tmp)" ] && grep -q '^hvmbed: none/a.xml: ' err
}
ok "a file that cannot be written" written_nowhere

# Many cases: each form has its part of the cases' own reports.
many() { run -l pvh-1g "$@" "$rom" "$BUILD/roms/good.fd"; }
many
mv out many.txt
many -f json
mv out many.json
many -f json=b.json -f tap=b.tap -f github=b.log
ok "many: text on standard output" cmp out many.txt
ok "many: JSON with its reports" cmp b.json many.json
many -v
mv out verbose.txt
many -v -f text=c.txt -f json
ok "many, -v: the cases' texts in the text" cmp c.txt verbose.txt
ok "and their JSON in the JSON" jq -e '[.cases[] | select(.state == "booted").report.schema] | unique == ["hvmbed-report/1"]' out
many -f junit -f json=d.json --reports reports
ok "--reports are in the form without a file" [ "$(ls reports)" = "$(printf '%s\n' hvm-1g--exec-null-call.xml hvm-1g--good.xml)" ]
ok "and the JSON names them" jq -e '[.cases[] | select(.state == "booted").file] == ["hvm-1g--exec-null-call.xml", "hvm-1g--good.xml"]' d.json
ok "each a whole report" grep -q '</testsuites>' reports/hvm-1g--good.xml

done_testing

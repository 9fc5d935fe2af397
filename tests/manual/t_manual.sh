#!/bin/bash
# The manual: a page for each verb, which says what --help says and no more; a section for each rule; clean mdoc(7).
. "$SRC/tests/tap.sh"
man=$BUILD/man
[ -e "$man/man1/hvmbed.1" ] || skip_all "the manual is not made; \`make manual\` makes it"

# What a reader sees, in one line, with plain ASCII.
if command -v mandoc >/dev/null; then
    plain() { mandoc -T ascii -O width=78 "$1" | col -bx | tr -s ' \n' ' '; }
elif command -v groff >/dev/null; then
    plain() { groff -mdoc -T ascii -k "$1" | sed 's/\x1b\[[0-9;]*m//g' | col -bx | tr -s ' \n' ' '; }
else
    skip_all "neither mandoc nor groff is here"
fi
told() { python3 "$SRC/tests/manual/told.py" "$1"; } # PAGE: each line of standard input is in it

verbs() { "$HVMBED" --help | sed -n 's/^  \(\S* \?\S\+\)  .*/\1/p' | sed 's/ *$//'; }
verbs >"$T/verbs"
ok "there are verbs" test "$(wc -l <"$T/verbs")" -ge 10
ok "one page a verb, and three more" test "$(ls "$man"/man*/* | wc -l)" = $(($(wc -l <"$T/verbs") + 3))

same_options() { # PAGE HELP: the options that each has
    diff <(sed -n 's/^\.It .*Fl Fl \(\S*\).*/\1/p' "$1" | sort) \
        <(sed -n 's/^  \(-.,\|   \) --\(\S*\).*/\2/p' "$2" | sort)
}
same_words() { # TEXT HELP: letter, name, argument and help of each option
    sed -nE 's/^  (-.),? --(\S+( \S+)?) +(.*)/\1, --\2\n\4/p; s/^      --(\S+( \S+)?) +(.*)/--\1\n\3/p' "$2" >"$T/words"
    [ "$(wc -l <"$T/words")" = $(($(grep -c '^  .* --' "$2") * 2)) ] && told "$1" <"$T/words"
}
synopsis() { # TEXT HELP VERB
    sed -nE "1s/^usage: (hvmbed $3) ?(\[options\] )?(-l FILE )?(.*)/\1\n\4/p" "$2" | sed 's/\.\.\./ .../g' | told "$1"
}
while read -r verb; do
    name=hvmbed-${verb// /-}
    page=$man/man1/$name.1
    "$HVMBED" $verb --help >"$T/help"
    plain "$page" >"$T/page"
    ok "$verb: the same options as --help" same_options "$page" "$T/help"
    ok "$verb: in the same words" same_words "$T/page" "$T/help"
    ok "$verb: synopsis" synopsis "$T/page" "$T/help" "$verb"
    ok "$verb: in hvmbed(1)" grep -q "^\.It .* Xr $name 1$" "$man/man1/hvmbed.1"
done <"$T/verbs"

plain "$man/man7/hvmbed-rules.7" >"$T/rules"
rules_told() {
    "$HVMBED" rules | sed -E 's/^(\S+) +(\S+) +(.*)/\1 \3. A \2:/; s/ A (error:)/ An \1/' >"$T/needles"
    [ "$(wc -l <"$T/needles")" = "$(grep -c '^\.Ss ' "$man/man7/hvmbed-rules.7")" ] && told "$T/rules" <"$T/needles"
}
ok "hvmbed-rules(7): every rule, with severity and title" rules_told
plain "$man/man1/hvmbed-layout-lint.1" >"$T/lint"
checks_told() { "$HVMBED" layout lint --list | sed -E 's/^(\S+) +(\S+) +/\1 (\2) /' | told "$T/lint"; }
ok "hvmbed-layout-lint(1): every check" checks_told
plain "$man/man5/hvmbed-layout.5" >"$T/layout"
keys_told() {
    sed -n '/^## Keys of xl/,/^### bed_e820/p' "$SRC/docs/layouts.md" | grep -oE '^\| (`[a-z0-9_]+`(, )?)+' | tr -d '|`' >"$T/keys"
    [ "$(wc -l <"$T/keys")" -ge 50 ] && told "$T/layout" <"$T/keys"
}
ok "hvmbed-layout(5): every key of docs/layouts.md" keys_told

references() {
    local bad=0 name section
    while read -r name section; do
        [ -e "$man/man$section/$name.$section" ] || { echo "no $name($section)"; bad=1; }
    done < <(cat "$man"/man*/* | sed -n 's/.*Xr \(hvmbed[a-z-]*\) \([0-9]\).*/\1 \2/p' | sort -u)
    while read -r path; do # docs that pages name
        [ "$path" = / ] || [ -e "$SRC/docs$path" ] || { echo "no docs$path"; bad=1; }
    done < <(cat "$man"/man*/* | sed -n "s,^\.Pa .*/share/doc/hvmbed\(/[^ ]*\).*,\1,p" | sort -u)
    return $bad
}
ok "what pages refer to is there" references

if command -v mandoc >/dev/null; then
    # (Whether other packages' pages are found is no matter of these.)
    clean() { ! mandoc -T lint "$@" 2>/dev/null | grep -v 'referenced manual not found'; }
    ok "mandoc -T lint has nothing to say" clean "$man"/man*/*
else
    skip "mandoc -T lint" "no mandoc"
fi
if command -v groff >/dev/null; then
    quiet() { [ -z "$(for page; do groff -mdoc -ww -z -k -T utf8 "$page" 2>&1; done | tee /dev/stderr)" ]; }
    ok "groff has nothing to say" quiet "$man"/man*/*
else
    skip "groff" "no groff"
fi

# --- what cannot be: prose without a place, prose that is none
manual() { "$BUILD/manual" "$T/prose" /doc "$T/out" 2>"$T/err"; }
mkdir "$T/prose" "$T/out"
refused() { # PATTERN TEXT: in the prose of hvmbed-run(1)
    printf '%b' "$2" >"$T/prose/hvmbed-run.1.mdoc"
    ! manual && cat "$T/err" && [ "$(wc -l <"$T/err")" = 1 ] && grep -q "hvmbed-run.1.mdoc:$1" "$T/err" && [ ! -e "$T/out/man1/hvmbed-run.1" ]
}
ok "no such option" refused "3: @option no-such-option" '@description\nText.\n@option no-such-option\nText.\n'
ok "no such part" refused "1: '@opinion'" '@opinion fill\nText.\n'
ok "text that belongs nowhere" refused "1: text before" 'Text.\n'
rm -f "$T"/prose/*
ok "no prose is needed" manual
done_testing

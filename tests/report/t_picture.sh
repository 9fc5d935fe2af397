#!/bin/bash
# Pictures and pages: well-formed, complete in themselves, the same bytes each time; readers other than ours draw them; and in
# a browser no text overlaps another or is cut, wide and narrow.
. "$SRC/tests/tap.sh"

run() { # OUTPUT FORMAT OPTION...: in @T; exit codes are not the matter here
    local out=$T/$1 format=$2
    shift 2
    timeout 600 "$HVMBED" run -q --format "$format" -o "$out" "$@" 2>"$T/err"
    [ -s "$out" ] || { cat "$T/err"; return 1; }
}
well_formed() { xmllint --noout --nonet "$T/$1" 2>&1; }
# Nothing is fetched, nothing runs. (xmlns is a name, not an address.)
alone() {
    ! sed 's/xmlns="[^"]*"//' "$T/$1" | grep -noiE '[a-z]+://[^ "<]*|<script|<link|<img|@import|javascript:|url\([^#][^)]*\)|(src|href)="[^#][^"]*"' 
}
says() { grep -qF -- "$2" "$T/$1" || { grep -c . "$T/$1"; return 1; }; }

# NAME OPTION...
boots() {
    local name=$1
    shift
    for format in svg html; do
        ok "$name.$format" run "$name.$format" $format "$@"
        if command -v xmllint >/dev/null; then
            ok "$name.$format is well-formed" well_formed "$name.$format"
        else
            skip "$name.$format is well-formed" "no xmllint (libxml2-utils)"
        fi
        ok "$name.$format needs nothing else" alone "$name.$format"
    done
    if command -v rsvg-convert >/dev/null; then
        ok "librsvg draws $name.svg" rsvg-convert -o "$T/$name.png" "$T/$name.svg"
    else
        skip "librsvg draws $name.svg" "no rsvg-convert (librsvg2-bin)"
    fi
    pictures+=("$name.html" "$name.svg")
}

pictures=()
roms=$BUILD/roms
[ -s "$roms/good.fd" ] || skip_all "no test ROMs; \`make roms\` assembles them"
boots good --handoff hvm "$roms/good.fd"
boots null --handoff hvm "$roms/issue-11046.fd"
boots many --handoff hvm "$roms/hob-reserved-missing-all.fd"
boots pvh --handoff pvh "$roms/pvh-good.fd"
cp "$roms/good.fd" "$T/<b>&\"x\".fd"
boots hostile --handoff hvm "$T/<b>&\"x\".fd"
boots matrix --handoff hvm -l hvm-1g -l hvm-256m -l hvm-4g "$roms/good.fd" "$roms/issue-11046.fd" "$roms/write-reserved-twice.fd"
if [ -s "$FIRMWARE_DIR/OVMF.fd" ]; then
    boots ovmf -l hvm-1g "$FIRMWARE_DIR/OVMF.fd"
else
    skip "OVMF.fd" "no OVMF.fd; \`make firmware\` fetches it"
fi

ok "a page has the verdict, the finding and its registers" says null.html 'error[exec-null]'
ok "a badge leads to it" says null.html 'href="#finding-1"'
ok "so does a matrix's cell to its case" says matrix.html '<a href="#case-2">'
ok "a file's name stays text" says hostile.html '&lt;b&gt;&amp;&quot;x&quot;.fd'
run again.html html --handoff hvm "$roms/issue-11046.fd"
run again.svg svg --handoff hvm "$roms/issue-11046.fd"
ok "the same page each time" cmp "$T/null.html" "$T/again.html"
ok "the same picture each time" cmp "$T/null.svg" "$T/again.svg"

# Texts against what they lie on, light and dark: WCAG's contrast is 4.5 at least.
contrast() {
    python3 - "$T/null.html" <<'PYTHON'
import re, sys
page = open(sys.argv[1]).read()
def light(c):
    c = "".join(2 * d for d in c) if len(c) == 3 else c
    parts = [int(c[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    return sum(f * (p / 12.92 if p <= .03928 else ((p + .055) / 1.055) ** 2.4) for f, p in zip((.2126, .7152, .0722), parts))
sets = [dict(re.findall(r"--(\w+):#([0-9a-f]+)", s)) for s in re.findall(r":root\{([^}]*)\}", page)]
assert len(sets) == 2
texts = re.findall(r"svg text(?:\.n)?\{[^}]*fill:#([0-9a-f]+)", page)
papers = re.findall(r"svg \.paper\{fill:#([0-9a-f]+)", page)
assert len(texts) == 4 and len(papers) == 2, (texts, papers)
pairs = [(s[t], s[b]) for s in sets for t in ("fg", "dim", "link", "pass", "fail", "doubt") for b in ("bg", "soft")]
pairs += [(t, papers[i // 2]) for i, t in enumerate(texts)]
bad = []
for text, ground in pairs:
    a, b = sorted((light(text), light(ground)))
    if (b + .05) / (a + .05) < 4.5:
        bad.append((text, ground, (b + .05) / (a + .05)))
print(bad)
sys.exit(bool(bad))
PYTHON
}
ok "texts stand out, light and dark" contrast

# --- in a browser

# In a frame: no window of a browser without a screen is as narrow as a telephone.
look() { # FILE WIDTH
    local page=$T/frame.html
    {
        echo "<!DOCTYPE html><iframe width=\"$2\" height=\"900\" style=\"border:0\" srcdoc=\""
        {
            case $1 in
            *.svg) echo '<!DOCTYPE html><body style="margin:0;width:max-content">' && sed 1d "$T/$1" ;;
            *) grep -v Content-Security-Policy "$T/$1" ;;
            esac
            echo '<script>' && cat "$SRC/tests/report/picture_check.js" && echo '</script>'
        } | sed 's/&/\&amp;/g; s/"/\&quot;/g'
        echo '"></iframe>'
    } >"$page"
    timeout 600 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$T/chromium" --window-size=1400,1000 \
        --dump-dom "file://$page" 2>/dev/null | grep -o '<html[^>]*>' | head -n 1 >"$T/dom"
    cat "$T/dom"
    grep -q "data-width=\"$2\"" "$T/dom" && grep -q 'data-bad="none"' "$T/dom"
}
if command -v chromium >/dev/null; then
    for file in "${pictures[@]}"; do
        if [[ $file == *.svg ]]; then
            ok "$file" look "$file" 1280
            continue
        fi
        ok "$file, 1280 wide" look "$file" 1280
        ok "$file, 400 wide" look "$file" 400
    done
    sed 's/<tspan x="[0-9]*" y="[0-9]*">/<tspan x="200" y="200">/g' "$T/null.html" >"$T/broken.html"
    not_good() { ! look "$@"; }
    ok "texts upon each other are noticed" not_good broken.html 1280
else
    skip "in a browser" "no chromium"
fi
done_testing

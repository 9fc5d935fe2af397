#!/bin/bash
# make install below DESTDIR: everything is there and works from there, for anybody; make uninstall leaves nothing.
. "$SRC/tests/tap.sh"
. "$SRC/tests/install.sh"

mkdir -p "$root$prefix/bin" "$root$prefix/share/doc/other"
echo mine >"$root$prefix/bin/other" && echo mine >"$root$prefix/share/doc/other/README"
(umask 077 && installed install-only) >"$T/log" 2>&1
ok "make install" test $? = 0
there=$root$prefix
ok "everybody may read all of it" test -z "$(find "$root" \( -type d ! -perm -005 -o -type f ! -perm -004 \) -print)"
ok "the manifest lists it all" diff <(sed "s,^,$root," "$there/share/hvmbed/installed" | sort) \
    <(find "$root" ! -type d ! -name other ! -path '*/doc/other/*' | sort)
ok "presets" test "$(ls "$there/share/hvmbed/layouts" | wc -l)" = "$(ls "$SRC"/layouts/*.cfg | wc -l)"
ok "manual" test -s "$there/share/man/man1/hvmbed-run.1" -a -s "$there/share/man/man7/hvmbed-rules.7"
for f in share/bash-completion/completions/hvmbed share/zsh/site-functions/_hvmbed share/fish/vendor_completions.d/hvmbed.fish; do
    ok "$f" test -s "$there/$f"
done
nothing_of_the_build() { ! grep -rlF "$(realpath "$BUILD")" "$there/lib/pkgconfig" "$there/share/man" || return 1
    ! readelf -d "$there/bin/hvmbed" "$there"/lib/libhvmbed.so | grep -E 'R(UN)?PATH' | grep -v ORIGIN; }
sanitized || ok "no path of the build folder is left in it" nothing_of_the_build

cp "$BUILD/roms/good.fd" "$T/good.fd" && chmod 644 "$T/good.fd"
boots() { (cd / && anybody "$there/bin/hvmbed" run -q "$@" "$T/good.fd"); }
ok "it runs for anybody, and finds presets" boots --handoff hvm -l hvm-4g
unicorn() { ldd "$there/bin/hvmbed" | grep "libunicorn.so.2 => \(/usr/lib\|/lib\|$there/bin/../lib/hvmbed\)/"; }
ok "with the system's Unicorn or its own" unicorn
if ls "$there"/share/hvmbed/hvmloader-4.17 >/dev/null 2>&1; then
    loads() { boots -f json -l hvm-1g >"$T/json"; jq -e '.loader | tostring | contains("hvmloader-4.17")' "$T/json"; }
    ok "it finds the real hvmloader" loads
else
    skip "it finds the real hvmloader" "the set-up has got none"
fi
ok "hvmbed completion knows the presets" grep -q hvm-many-entries <(cd / && "$there/bin/hvmbed" completion bash)
for page in 'hvmbed' 'hvmbed-layout-show' '5 hvmbed-layout'; do
    if command -v man >/dev/null; then
        ok "man $page" grep -q . <(MANPATH=$there/share/man man $page 2>"$T/err"; cat "$T/err" >&2)
    else
        skip "man $page" "no man"
    fi
done

# Another version had a file that this one does not have.
mkdir -p "$there/share/doc/hvmbed" && echo old >"$there/share/doc/hvmbed/old.md"
echo "$prefix/share/doc/hvmbed/old.md" >>"$there/share/hvmbed/installed"
installed install-only >"$T/log" 2>&1
ok "again: what an older version had is gone" test ! -e "$there/share/doc/hvmbed/old.md"
installed uninstall >"$T/log" 2>&1
ok "make uninstall" test $? = 0
ok "nothing is left but what was not ours" diff - <(cd "$root" && find . ! -type d | sort) <<END
./usr/local/bin/other
./usr/local/share/doc/other/README
END
ok "nor a folder of ours" test -z "$(find "$root" -name 'hvmbed*')"
refuses() { installed uninstall 2>&1 | grep -q "nothing is installed"; }
ok "again: nothing is installed" refuses
done_testing

#!/bin/bash
# libhvmbed as it is installed: what it exports, its header in C and C++, the example, and what each function promises.
. "$SRC/tests/tap.sh"
. "$SRC/tests/install.sh"
installed install-only >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
there=$root$prefix
lib=$there/lib/libhvmbed.so

exported() { nm -D --defined-only "$lib" | awk '$2 == "T" { print $3 }' | sort; }
declared() { sed -n '/^#pragma GCC visibility push/,/pop/p' "$there/include/hvmbed.h" | grep -oE '\bhvmbed_[a-z_]+\(' | tr -d '(' | sort -u; }
ok "exports what docs/library.md lists, and nothing else" diff <(grep -oE '^\| `hvmbed_[a-z_]+' "$SRC/docs/library.md" | tr -d '|` ' | sort) \
    <(exported | sed 's/@.*//')
ok "and the header declares" diff <(declared) <(exported | sed 's/@.*//')
ok "all of version HVMBED_0" test -z "$(exported | grep -v '@@HVMBED_0$')"
ok "no other symbol but the version's own" test "$(nm -D --defined-only "$lib" | grep -cv ' T ')" = 1
ok "soname" grep -q 'SONAME.*\[libhvmbed\.so\.0\]' <(readelf -d "$lib")
never() { ! nm -D --undefined-only "$lib" | grep -E ' (exit|_exit|abort|puts|printf|putchar|stdout|stderr|signal|sigaction|setlocale|chdir)(@|$)'; }
sanitized || ok "it does not print, exit, or change the process" never
if sanitized; then # a program without sanitizers cannot use a library that has them
    for case in good finding bytes errors lists threads; do
        ok "with sanitizers: $case" "$BUILD/lib/api" $case "$BUILD/roms"
    done
    done_testing
fi

export PKG_CONFIG_PATH=$there/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
flags=$(pkg-config --cflags --libs hvmbed)
ok "pkg-config" test "$(pkg-config --modversion hvmbed)" = "$("$HVMBED" --version | cut -d ' ' -f 2)"
ok "the example is short" test "$(wc -l <"$SRC/docs/examples/boot.c")" -lt 60
warnings='-Wall -Wextra -Wconversion -Werror'
ok "the example compiles" gcc -std=c11 $warnings -o "$T/boot" "$SRC/docs/examples/boot.c" $flags
ok "the test compiles" gcc -std=c11 -D_GNU_SOURCE $warnings -o "$T/api" "$SRC/tests/lib/api.c" $flags -lpthread
if command -v g++ >/dev/null; then
    echo '#include <hvmbed.h>
int main() { hvmbed *bed = hvmbed_new(); hvmbed_free(bed); return bed == nullptr; }' >"$T/bed.cc"
    ok "C++ compiles" g++ -std=c++17 $warnings -o "$T/bed" "$T/bed.cc" $flags
else
    skip "C++ compiles" "no g++"
fi

export LD_LIBRARY_PATH=$there/lib
cd / || exit 1
example() { "$T/boot" "$BUILD/roms/write-reserved-console.fd" hvm-1g hvm-4g >"$T/out"; [ $? = 1 ] && cat "$T/out" &&
    [ "$(grep -c '^hvm-.*: handoff in DXE, 1 findings' "$T/out")" = 2 ] && grep -q '^  [0-9a-f]\{16\} write-reserved in PEI: ' "$T/out"; }
ok "the example boots" example
unknown() { "$T/boot" "$BUILD/roms/good.fd" hvm-17g 2>"$T/err"; [ $? = 2 ] && grep -q '^boot: hvm-17g: no such' "$T/err"; }
ok "the example says what is wrong" unknown
for case in good finding bytes errors lists threads; do
    ok "$case" "$T/api" $case "$BUILD/roms"
done
same() {
    "$T/api" report "$BUILD/roms" >"$T/lib.json"
    "$there/bin/hvmbed" run -q -f json --handoff hvm -l hvm-1g "$BUILD/roms/write-reserved-console.fd" >"$T/cli.json"
    cmp "$T/lib.json" "$T/cli.json"
}
ok "the report is the command's, byte for byte" same
done_testing

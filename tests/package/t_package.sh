#!/bin/bash
# The Debian packages: built from a clean export, lintian has nothing to say, and installed they work for anybody.
. "$SRC/tests/tap.sh"
for tool in dh lintian dpkg-buildpackage; do
    command -v $tool >/dev/null || skip_all "no $tool; group ci of emu/setup/packages.txt"
done
sanitized() { nm -D "$HVMBED" | grep -q __asan_; }
! sanitized || skip_all "packages have no sanitizers"

# Always at the same place, so that a compiler cache knows it again.
work=$(dirname "$FIRMWARE_DIR")/package
rm -rf "$work" && mkdir -p "$work/hvmbed"
(cd "$SRC" && if git rev-parse >/dev/null 2>&1; then
    git ls-files -co --exclude-standard -z | while IFS= read -r -d '' f; do [ ! -e "$f" ] || printf '%s\0' "$f"; done
else
    find . -path ./build -prune -o -type f -print0
fi | tar -c --null -T -) | tar -x -C "$work/hvmbed"
# What the build would fetch for a release with an old Unicorn; so it needs no network.
root=$(dirname "$FIRMWARE_DIR")/unicorn/root
if [ -d "$root" ]; then mkdir -p "$work/hvmbed/build/unicorn" && cp -a "$root" "$work/hvmbed/build/unicorn/"; fi
build() { cd "$work/hvmbed" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u BUILD -u SRC -u FIRMWARE_DIR CC="${PACKAGE_CC:-cc}" \
    DEB_BUILD_OPTIONS="parallel=$(nproc) nocheck" dpkg-buildpackage -us -uc -b -nc; }
build >"$T/build.log" 2>&1
status=$?
ok "dpkg-buildpackage" test $status = 0
[ $status = 0 ] || { tail -n 30 "$T/build.log" | sed 's/^/# /'; done_testing; }
cd "$work" || exit 1
quiet() { ! grep -E 'dpkg-[a-z]+: warning|dh_[a-z]+: warning|[cC]ompat' "$T/build.log"; }
ok "nothing to warn of" quiet
clean() { lintian --allow-root --fail-on error,warning --tag-display-limit 0 hvmbed_*.changes; }
ok "lintian: no error, no warning" clean
ok "three packages" test "$(ls *.deb | grep -cE '^(hvmbed|libhvmbed0|libhvmbed-dev)_')" = 3
debug_kept() { dpkg-deb -c hvmbed-dbgsym_*.deb; }
[ ! -e "$(ls hvmbed-dbgsym_*.deb 2>/dev/null)" ] || ok "debug symbols apart" debug_kept

# --- installed with dpkg, in this system's image, which nothing of it reaches
cat >"$work/inside" <<'END'
set -eu
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay none -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc none "$1/root/proc" && mount --bind /dev "$1/root/dev"
cp "$2"/*.deb "$2/good.fd" "$1/root/tmp/"
chroot "$1/root" sh -c 'cd /tmp && dpkg -i hvmbed_*.deb libhvmbed0_*.deb libhvmbed-dev_*.deb' >/dev/null 2>&1
echo installed
try() { # WHAT COMMAND: as nobody
    if chroot "$1/root" setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "cd / && $3" >"$1/said" 2>&1; then echo "yes $2"; else
        echo "no $2"; sed 's/^/# /' "$1/said"; fi
}
try "$1" "it is the package's" 'test "$(command -v hvmbed)" = /usr/bin/hvmbed && dpkg -S /usr/bin/hvmbed'
try "$1" "hvmbed run" 'hvmbed run -q --handoff hvm -l hvm-4g /tmp/good.fd'
try "$1" "man" 'man -w hvmbed-run && man -w 5 hvmbed-layout && man -w 7 hvmbed-rules'
try "$1" "library" 'cd $(mktemp -d) && gcc -o boot /usr/share/doc/libhvmbed-dev/examples/boot.c $(pkg-config --cflags --libs hvmbed) && ./boot /tmp/good.fd hvm-1g pvh-1g; test $? = 2 && ./boot /tmp/good.fd hvm-1g hvm-4g'
chroot "$1/root" dpkg -P hvmbed libhvmbed-dev libhvmbed0 >/dev/null 2>&1
test -z "$(find "$1/root/usr" "$1/root/etc" -name '*hvmbed*' | grep -v "^$1/root$3")" && echo "yes purged" || echo "no purged"
END
cp "$BUILD/roms/good.fd" "$work/good.fd"
mkdir "$T/mount"
if [ "$(id -u)" = 0 ] && unshare -m sh "$work/inside" "$T/mount" "$work" "$SRC" >"$T/inside" 2>"$T/inside.err" && grep -q '^installed' "$T/inside"; then
    said() { grep -qx "yes $1" "$T/inside" || { sed -n "/^no $1/,/^[a-z]/p" "$T/inside"; return 1; }; }
    for what in "it is the package's" "hvmbed run" man library purged; do ok "installed, for anybody: $what" said "$what"; done
else
    sed 's/^/# /' "$T/inside.err" 2>/dev/null | head -5
    skip "installed" "needs root and an overlay file system"
    mkdir "$work/root" && for deb in hvmbed_*.deb libhvmbed0_*.deb; do dpkg-deb -x $deb "$work/root"; done
    ok "unpacked: hvmbed run" "$work/root/usr/bin/hvmbed" run -q --handoff hvm -l hvm-1g "$work/good.fd"
fi
done_testing

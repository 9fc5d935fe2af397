# What is built, installed below $T/root, which everybody may read; source after tap.sh.
chmod 755 "$T"
root=$T/root prefix=/usr/local
[ -e "$BUILD/install/hvmbed" ] || skip_all "nothing is built to be installed; \`make installable\` does it"
# Nothing is compiled again, whatever flags it was compiled with.
installed() { make -s -C "$SRC" BUILD="$(dirname "$FIRMWARE_DIR")" OUT="$BUILD" PREFIX=$prefix DESTDIR="$root" "$@"; }
sanitized() { nm -D "$BUILD/install/hvmbed" | grep -q __asan_; }
# As somebody who owns nothing.
anybody() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$@"
    else
        "$@"
    fi
}

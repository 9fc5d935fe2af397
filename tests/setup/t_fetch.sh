#!/bin/bash
# What set-up fetches is checked: against a mirror of our own, whose packages, indexes and signatures are then damaged one by one; and
# what was fetched, changed afterwards.
. "$SRC/tests/tap.sh"
for program in gpg apt-get dpkg-deb dpkg-scanpackages; do
    command -v $program >/dev/null || skip_all "$program is not installed"
done
export GNUPGHOME=$T/gnupg
unset HVMBED_APT_OPTIONS
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-gen-key tests@example.org ed25519 sign never 2>/dev/null || skip_all "gpg makes no key here"
gpg --batch --export >"$T/key.gpg"
# apt's own settings, whatever this machine has: those that are built in.
mkdir "$T/parts"
printf 'Dir::Etc::Parts "%s";\nDir::Etc::Main "/dev/null";\n' "$T/parts" >"$T/apt.conf"
export APT_CONFIG=$T/apt.conf HVMBED_KEYRING=$T/key.gpg HVMBED_MIRROR=file://$T/mirror

# --- a mirror with one suite and one package: a xen-utils with an hvmloader
mirror=$T/mirror
in_suite() { # CODENAME
    suite=$mirror/dists/$1
    packages=$suite/main/binary-$(dpkg --print-architecture)
}
in_suite sid
package() { # VERSION
    mkdir -p "$T/deb/DEBIAN" "$T/deb/usr/lib/xen-$1/boot" "$mirror/pool" "$packages"
    echo "the loader" >"$T/deb/usr/lib/xen-$1/boot/hvmloader"
    printf '%s\n' "Package: xen-utils-$1" "Version: $1.0-1" "Architecture: $(dpkg --print-architecture)" \
        "Maintainer: tests <tests@example.org>" "Description: a loader" >"$T/deb/DEBIAN/control"
    dpkg-deb --root-owner-group -Zgzip -b "$T/deb" "$mirror/pool/xen-utils-$1_$1.0-1.deb" >/dev/null
    rm -rf "$T/deb"
    (cd "$mirror" && dpkg-scanpackages -m pool 2>/dev/null) >"$packages/Packages"
}
release() { # VALID-UNTIL
    local sum
    {
        printf '%s\n' "Origin: tests" "Suite: tests" "Codename: ${suite##*/}" "Components: main" "Architectures: $(dpkg --print-architecture)" \
            "Date: $(date -Ru -d '2 days ago')" "Valid-Until: $(date -Ru -d "$1")" SHA256:
        sum=$(sha256sum <"$packages/Packages" | cut -d ' ' -f 1)
        echo " $sum $(stat -c %s "$packages/Packages") ${packages#"$suite"/}/Packages"
    } >"$suite/Release"
    gpg --batch --quiet --yes --clearsign -o "$suite/InRelease" "$suite/Release"
}
fresh() { rm -rf "$mirror" "$T/dest"; package 4.99; release tomorrow; }
fetch() { # CODE PATTERN [WHICH]: what hvmloader.sh answers, and what it says, in one line
    local code=0
    "$SRC/firmware/hvmloader.sh" "$T/dest" "${3:-newest}" >"$T/said" 2>&1 || code=$?
    cat "$T/said"
    [ $code = "$1" ] && { [ -z "$2" ] || grep -qE -- "$2" "$T/said"; }
}
refused() { # PATTERN
    fetch 77 "$1" && ! ls "$T/dest"/hvmloader* 2>/dev/null
}
spoil() { # FILE: its last byte but 20
    printf '\xa5' | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") - 20)) conv=notrunc status=none
}

fresh
ok "a signed package is fetched" fetch 0 "from xen-utils-4.99"
noted() {
    printf 'hvmloader-4.99\t%s\txen-utils-4.99\t4.99.0-1\tsid\t%s\n' "$(echo "the loader" | sha256sum | cut -d ' ' -f 1)" \
        "$(sha256sum <"$mirror/pool/xen-utils-4.99_4.99.0-1.deb" | cut -d ' ' -f 1)" | diff - "$T/dest/fetched.tsv"
}
ok "and noted: its package, and both sums" noted
mv "$mirror" "$mirror.away"
ok "what is there needs no mirror" fetch 0 ''
echo "another" >"$T/dest/hvmloader-4.99"
ok "what was changed since is refused" fetch 1 'dest/hvmloader-4.99: not the file that was fetched .*remove it'

fresh
spoil "$mirror/pool/xen-utils-4.99_4.99.0-1.deb"
ok "a package that is not what the index says is refused" refused '[Hh]ash'
fresh
echo >>"$packages/Packages"
ok "an index that is not what the suite says is refused" refused 'unexpected size|[Hh]ash'
fresh
sed -i 's/^Origin: tests/Origin: texts/' "$suite/InRelease"
ok "a suite whose signature is wrong is refused" refused 'signature|GPG|BADSIG|not signed'
export HVMBED_APT_OPTIONS="Acquire::AllowInsecureRepositories=true Acquire::AllowWeakRepositories=true APT::Get::AllowUnauthenticated=true"
ok "options do not change that" refused 'signature|GPG|BADSIG|not signed'
fresh
rm "$suite/InRelease"
ok "an unsigned suite is refused, whatever the options" refused 'not signed|signature|Release'
unset HVMBED_APT_OPTIONS
fresh
gpg --batch --quiet --passphrase '' --quick-gen-key other@example.org ed25519 sign never 2>/dev/null
gpg --batch --quiet --yes -u other@example.org --clearsign -o "$suite/InRelease" "$suite/Release"
ok "another's signature is refused" refused 'signature|GPG|NO_PUBKEY|not signed'

# --- an index that has expired
fresh
release yesterday
ok "an expired index is refused, and one line says what to do" refused '^Release file for .* is expired .*HVMBED_APT_OPTIONS=Acquire::Check-Valid-Until=false'
one_line() { cat "$T/said" && [ "$(grep -c expired "$T/said")" = 1 ]; }
ok "once" one_line
HVMBED_APT_OPTIONS=Acquire::Check-Valid-Until=false ok "HVMBED_APT_OPTIONS takes it" fetch 0 "from xen-utils"
rm -rf "$T/dest"
echo 'Acquire::Check-Valid-Until "false";' >"$T/parts/90mine"
ok "and so does the machine's own apt.conf" fetch 0 "from xen-utils"
rm -rf "$T/dest"
HVMBED_APT_OPTIONS='-o Acquire::Check-Valid-Until=true' ok "which HVMBED_APT_OPTIONS outdoes" refused 'is expired'
rm "$T/parts/90mine"
HVMBED_APT_OPTIONS='Dir::Log="x";' ok "options that are none" refused "is not KEY=VALUE"
HVMBED_KEYRING=$T/nothing ok "a keyring that is not there" refused 'signature|GPG|keyring|not signed'

# --- the one that layouts are for, from the suite that has it
fresh
ok "where that suite is not, there is none" fetch 77 'from bookworm' layouts
in_suite bookworm
fresh
package 4.17
release tomorrow
ok "it is not the newest there" fetch 0 "from xen-utils-4.17" layouts
ok "and gets no link" test ! -h "$T/dest/hvmloader-4.17" -a "$(ls "$T/dest")" = $'fetched.tsv\nhvmloader-4.17'
echo "another" >"$T/dest/hvmloader-4.17"
ok "changed since: refused" fetch 1 'dest/hvmloader-4.17: not the file that was fetched .*remove it' layouts

# --- what was fetched earlier
note() { # DIR FILE TEXT
    mkdir -p "$1/$(dirname "$2")"
    echo "$3" >"$1/$2"
    (. "$SRC/emu/setup/fetched.sh" && fetched_note "$1" package 1.0 sid "$1/$2" "$2")
}
answers() { # CODE PATTERN COMMAND...
    local want=$1 pattern=$2 code=0
    shift 2
    timeout 60 "$@" >"$T/said" 2>&1 || code=$?
    cat "$T/said"
    [ $code = "$want" ] && { [ -z "$pattern" ] || grep -qE -- "$pattern" "$T/said"; }
}
note "$T/source/bookworm" edk2_1.dsc text
ok "edk2's source as it was" answers 0 '/source/bookworm/edk2_1.dsc$' "$SRC/firmware/ovmfxen/source.sh" "$T/source" find
echo more >>"$T/source/bookworm/edk2_1.dsc"
ok "and changed" answers 4 'edk2_1.dsc: not the file that was fetched' "$SRC/firmware/ovmfxen/source.sh" "$T/source" find
note "$T/unicorn/root" usr/lib/x/libunicorn.so text
echo 2.1.4 >"$T/unicorn/root/version"
ok "Unicorn as it was" answers 0 '' "$SRC/emu/setup/unicorn.sh" "$T/unicorn"
echo more >>"$T/unicorn/root/usr/lib/x/libunicorn.so"
ok "and changed" answers 1 'libunicorn.so: not the file that was fetched' "$SRC/emu/setup/unicorn.sh" "$T/unicorn"
note "$T/schemas" junit.xsd text
echo more >>"$T/schemas/junit.xsd"
ok "a schema that was changed" answers 1 'junit.xsd: not the file that was fetched' "$SRC/emu/setup/schemas.sh" "$T/schemas"

# --- npm's packages
pinned() { jq -e '[.packages | to_entries[] | select(.key != "") | .value.integrity] | length > 30 and all(startswith("sha512-"))' "$1"; }
ok "each npm package is pinned by its SHA-512" pinned "$SRC/emu/setup/npm/package-lock.json"
done_testing

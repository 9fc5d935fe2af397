#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of report formats read reports with: schemas.sh DEST. Only what is not there yet is fetched; exits with
# 77 when something cannot be had (its tests are skipped then). Nothing of it becomes a part of hvmbed.
#   DEST/junit.xsd          Jenkins' schema, as Debian's source of meson has it (data/schema.xsd)
#   DEST/sarif-2.1.0.json   OASIS' schema, from the npm package @microsoft/jest-sarif
#   DEST/node               npm packages: a TAP 14 parser, GitHub's own writer of annotations, a checker of workflows
set -eu

sarif_package=@microsoft/jest-sarif@1.0.0-beta.0
sarif_sha256=2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8
node_packages="tap-parser@16.0.1 @actions/core@1.11.1 @action-validator/core@0.6.0 @action-validator/cli@0.6.0"

here=$(cd "$(dirname "$0")" && pwd)
. "$here/apt-private.sh"

[ $# = 1 ] || { echo "usage: schemas.sh DEST" >&2; exit 2; }
mkdir -p "$1"
dest=$(cd "$1" && pwd)
exec 9>"$dest/lock"
flock 9
work=$(mktemp -d "$dest/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

get_junit() {
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    apt_private "$work/apt" deb-src "$codename" || return 1
    # Only the upstream tarball is wanted, so that a mirror that lost Debian's part of it will do.
    (cd "$work" && apt-get -qq -c apt/apt.conf source --download-only meson) || true
    for tar in "$work"/meson_*.orig.tar.*; do
        [ ! -e "$tar" ] || tar -xOf "$tar" --wildcards '*/data/schema.xsd' >"$work/junit.xsd" || return 1
    done
    [ -s "$work/junit.xsd" ] && mv "$work/junit.xsd" "$dest/junit.xsd"
}

get_sarif() {
    (cd "$work" && npm pack --silent "$sarif_package" && tar -xzf microsoft-jest-sarif-*.tgz) || return 1
    schema=$work/package/lib/schemas/sarif-2.1.0-rtm.5.json
    echo "$sarif_sha256  $schema" | sha256sum --check --status && mv "$schema" "$dest/sarif-2.1.0.json"
}

get_node() {
    # (Nothing of theirs is run here.)
    npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work/node" $node_packages &&
        mv "$work/node" "$dest/node"
}

missing=
want() { # FILE NEEDED-PROGRAM FUNCTION
    [ ! -e "$dest/$1" ] || return 0
    if command -v "$2" >/dev/null && "$3" >"$work/log" 2>&1; then return 0; fi
    missing="$missing $1"
}
want junit.xsd apt-get get_junit
want sarif-2.1.0.json npm get_sarif
want node npm get_node
[ -z "$missing" ] || { echo "schemas: cannot be had here (offline, or no npm):$missing" >&2; exit 77; }

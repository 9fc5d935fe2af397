#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of report formats read reports with: schemas.sh DEST. Only what is not there yet is fetched; exits with
# 77 when something cannot be had (its tests are skipped then), with 1 when what is there is not what was fetched. Nothing of it
# becomes a part of hvmbed.
#   DEST/junit.xsd          Jenkins' schema, as Debian's source of meson has it (data/schema.xsd)
#   DEST/sarif-2.1.0.json   OASIS' schema, from the npm package @microsoft/jest-sarif
#   DEST/gitlab-ci.json     GitLab's schema of .gitlab-ci.yml, from the npm package gitlab-ci-local
#   DEST/node               npm packages: a TAP 14 parser, GitHub's own writer of annotations, a checker of workflows, CycloneDX's
#                           own reader; npm/package-lock.json pins all of them, and those that they need, by SHA-512
set -eu

sarif_package=@microsoft/jest-sarif@1.0.0-beta.0
sarif_sha256=2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8
gitlab_package=gitlab-ci-local@4.55.0
gitlab_sha256=c1e720413d8b0d2777b7a30a85e1945961f943ee06bb39af0592e40a620f16d0

here=$(cd "$(dirname "$0")" && pwd)
. "$here/apt-private.sh"
. "$here/fetched.sh"

[ $# = 1 ] || { echo "usage: schemas.sh DEST" >&2; exit 2; }
mkdir -p "$1"
dest=$(cd "$1" && pwd)
exec 9>"$dest/lock"
flock 9
work=$(mktemp -d "$dest/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

keep() { # NAME FILE PACKAGE VERSION ORIGIN ARCHIVE
    mv "$2" "$dest/$1"
    fetched_note "$dest" "$3" "$4" "$5" "$6" "$1"
}

get_junit() {
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    apt_private "$work/apt" deb-src "$codename" || return 1
    # Only the upstream tarball is wanted, so that a mirror that lost Debian's part of it will do.
    (cd "$work" && apt-get -qq -c apt/apt.conf source --download-only meson) || true
    tar=$(ls "$work"/meson_*.orig.tar.?z) && tar -xOf "$tar" --wildcards '*/data/schema.xsd' >"$work/junit.xsd" || return 1
    version=${tar##*/meson_}
    [ -s "$work/junit.xsd" ] && keep junit.xsd "$work/junit.xsd" meson "${version%.orig.tar.*}" "$codename" "$tar"
}

get_sarif() {
    (cd "$work" && npm pack --silent "$sarif_package" && tar -xzf microsoft-jest-sarif-*.tgz) || return 1
    schema=$work/package/lib/schemas/sarif-2.1.0-rtm.5.json
    echo "$sarif_sha256  $schema" | sha256sum --check --status &&
        keep sarif-2.1.0.json "$schema" "${sarif_package%@*}" "${sarif_package##*@}" npm "$work"/microsoft-jest-sarif-*.tgz
}

get_gitlab() {
    (cd "$work" && npm pack --silent "$gitlab_package" && tar -xzf gitlab-ci-local-*.tgz) || return 1
    schema=$work/package/src/schema/schema.json
    echo "$gitlab_sha256  $schema" | sha256sum --check --status &&
        keep gitlab-ci.json "$schema" "${gitlab_package%@*}" "${gitlab_package##*@}" npm "$work"/gitlab-ci-local-*.tgz
}

get_node() {
    # (Nothing of theirs is run here.)
    mkdir "$work/node" && cp "$here/npm/package.json" "$here/npm/package-lock.json" "$work/node/" &&
        (cd "$work/node" && npm ci --silent --ignore-scripts --no-audit --no-fund --omit=optional) &&
        rm -rf "$dest/node" && mv "$work/node" "$dest/node"
}

fetched_check "$dest" "remove it and make again" || exit 1
# Those of another list of packages go.
cmp -s "$here/npm/package-lock.json" "$dest/node/package-lock.json" || old_node=yes

missing=
want() { # FILE NEEDED-PROGRAM FUNCTION [ANEW]
    [ ! -e "$dest/$1" ] || [ -n "${4:-}" ] || return 0
    if command -v "$2" >/dev/null && "$3" >"$work/log" 2>&1; then return 0; fi
    missing="$missing $1"
}
want junit.xsd apt-get get_junit
want sarif-2.1.0.json npm get_sarif
want gitlab-ci.json npm get_gitlab
want node npm get_node "${old_node:-}"
[ -z "$missing" ] || { echo "schemas: cannot be had here (offline, or no npm):$missing" >&2; exit 77; }

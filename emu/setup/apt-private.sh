# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Sourced, not run: apt with lists, state and cache of its own, so that packages of other suites can be
# fetched without touching the machine's configuration. Signatures are always checked.

# The mirror this machine uses for its own suite. HVMBED_MIRROR overrides it.
apt_mirror() {
    if [ -n "${HVMBED_MIRROR:-}" ]; then
        echo "${HVMBED_MIRROR%/}"
        return
    fi
    # Only the suite's own archive holds every other suite: not -security, not third parties.
    # (VERSION_CODENAME is the testing suite's name on testing and sid too, hence the second guess.)
    apt_codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    apt-get update --print-uris 2>/dev/null | sed -n "s/^'//; s|/dists/\([^/ ]*\)/InRelease' .*| \1|p" |
        awk -v own="$apt_codename" '
            $2 == own { print $1; found = 1; exit }
            $2 ~ /^(stable|testing|unstable|sid)$/ && !guess { guess = $1 }
            END { if (!found && guess) print guess }'
}

# apt_private DIR TYPE SUITE... : private apt in DIR with these suites (TYPE: deb or deb-src), lists fetched.
# Use it afterwards as: apt-get -c DIR/apt.conf ...
apt_private() {
    apt_dir=$1 apt_type=$2
    shift 2
    apt_uri=$(apt_mirror)
    if [ -z "$apt_uri" ]; then
        echo "apt names no Debian mirror on this machine; set HVMBED_MIRROR=URL" >&2
        return 1
    fi
    apt_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    apt_options="target=$([ "$apt_type" = deb ] && echo Packages || echo Sources)"
    [ ! -e "$apt_keyring" ] || apt_options="$apt_options signed-by=$apt_keyring"
    mkdir -p "$apt_dir/state/lists/partial" "$apt_dir/cache/archives/partial"
    for apt_suite; do
        echo "$apt_type [$apt_options] $apt_uri $apt_suite main"
    done >"$apt_dir/sources.list"
    # The machine's own apt.conf stays in force before this (it may hold a proxy), its hooks do not.
    cat >"$apt_dir/apt.conf" <<EOF
Dir::State "$apt_dir/state";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$apt_dir/cache";
Dir::Etc::sourcelist "$apt_dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Default-Release "";
APT::Sandbox::User "$(id -un)";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
EOF
    # (Without the error mode apt calls a mirror that it cannot reach a success.)
    if ! apt-get -qq -c "$apt_dir/apt.conf" -o APT::Update::Error-Mode=any update >"$apt_dir/update.log" 2>&1; then
        grep -m 1 '^[EW]:' "$apt_dir/update.log" >&2
        return 1
    fi
}

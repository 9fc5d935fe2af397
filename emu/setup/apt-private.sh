# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Sourced, not run: apt with lists, state and cache of its own, so that packages of other suites can be
# fetched without touching the machine's configuration. Signatures are always checked: apt takes nothing that the suite's
# signed index does not name with its SHA-256.
# The machine's own apt configuration is in force, too (a proxy, Acquire::Check-Valid-Until …). Set these to change something
# for hvmbed alone:
#   HVMBED_MIRROR       the mirror's URL, where apt's own is not to be used
#   HVMBED_KEYRING      the keyring that its suites are signed with, where that is not Debian's
#   HVMBED_APT_OPTIONS  more of apt's options, as KEY=VALUE with blanks between them; none that turns signatures off has an effect

apt_debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

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

# HVMBED_APT_OPTIONS as lines of an apt.conf.
apt_user_options() {
    for apt_option in ${HVMBED_APT_OPTIONS:-}; do
        case $apt_option in
        -o) ;;
        *[\"\;{}]* | =* | -*) echo "HVMBED_APT_OPTIONS: '$apt_option' is not KEY=VALUE" >&2; return 1 ;;
        *=*) echo "${apt_option%%=*} \"${apt_option#*=}\";" ;;
        *) echo "HVMBED_APT_OPTIONS: '$apt_option' is not KEY=VALUE" >&2; return 1 ;;
        esac
    done
}

# One line about why `update` failed; about dates only once, for all suites have that in common.
apt_explain() { # LOG
    if grep -q '^E: .* is \(expired\|not valid yet\)' "$1"; then
        [ -z "${apt_explained:-}" ] || return 0
        apt_explained=yes
        sed -n 's/^E: \(Release file for [^ ]* is .*)\)\..*/\1/p' "$1" | head -n 1 | tr '\n' ';' >&2
        echo " the mirror lags behind, or this machine's clock is wrong. Another mirror: HVMBED_MIRROR=URL; to take it as it is:" \
            "HVMBED_APT_OPTIONS=Acquire::Check-Valid-Until=false" >&2
    else
        grep -m 1 '^[EW]:' "$1" >&2
    fi
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
    apt_keyring=${HVMBED_KEYRING:-$apt_debian_keyring}
    apt_options="target=$([ "$apt_type" = deb ] && echo Packages || echo Sources)"
    # (Without a file of keys, those that apt trusts by itself.)
    [ ! -e "$apt_keyring" ] && [ -z "${HVMBED_KEYRING:-}" ] || apt_options="$apt_options signed-by=$apt_keyring"
    mkdir -p "$apt_dir/state/lists/partial" "$apt_dir/cache/archives/partial"
    for apt_suite; do
        echo "$apt_type [$apt_options] $apt_uri $apt_suite main"
    done >"$apt_dir/sources.list"
    # The machine's own apt.conf stays in force before this (it may hold a proxy), its hooks do not; what is checked comes last.
    apt_user_options >"$apt_dir/apt.conf" || return 1
    cat >>"$apt_dir/apt.conf" <<EOF
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
    if ! LC_ALL=C apt-get -qq -c "$apt_dir/apt.conf" -o APT::Update::Error-Mode=any update >"$apt_dir/update.log" 2>&1; then
        apt_explain "$apt_dir/update.log"
        return 1
    fi
}

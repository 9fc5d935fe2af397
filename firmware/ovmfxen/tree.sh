# SPDX-License-Identifier: GPL-2.0-or-later
# The tree that OvmfXen is built in, for build.sh and faults.sh, which source this with $here set. Sets cache and work.
setup=$here/../../emu/setup
cache=${HVMBED_CACHE:-${XDG_CACHE_HOME:-~/.cache}/hvmbed}/ovmfxen
mkdir -p "$cache/faults"
cache=$(cd "$cache" && pwd)
log=$cache/build.log
# Always the same directory: its path ends up in the images.
work=$cache/work
fault_targets="RELEASE DEBUG-FP"

say() { echo "ovmfxen: $*" >&2; }
skip() { say "$*"; exit 77; }
# source.sh has failed: what it fetched was changed since, or it cannot be had.
no_source() { # ITS-STATUS WHY
    [ "$1" != 4 ] || exit 1
    skip "$2"
}

# Everything that decides what the images are like. (Comments in the recipe do not.)
key_of() { # DSC
    {
        basename "$1"
        cat "$1"
        sed '/^ *#/d' "$here/recipe.sh"
        gcc -dumpfullversion -dumpmachine
        nasm -v
        iasl -v
    } | sha256sum | cut -c 1-16
}

# One at a time works in the tree; the second one to come finds the first one's result.
lock() {
    exec 9>"$cache/lock"
    flock -n 9 || { say "waiting for another build"; flock 9; }
}

# One updating line on a terminal, a line now and then elsewhere. (Counting modules is not free either.)
[ -t 2 ] && every=2 || every=30
last_time=0 last_phase=
progress() { # PHASE [DETAIL FUNCTION]
    [ "$1" != "$last_phase" ] || [ $((SECONDS - last_time)) -ge $every ] || return 0
    last_time=$SECONDS last_phase=$1
    local text="$1${2:+$($2)}, $SECONDS s"
    if [ -t 2 ]; then printf '\r\033[Kovmfxen: %s' "$text" >&2; else say "$text"; fi
}

# Modules begun so far of those that have a makefile.
modules() {
    local begun all
    begun=$(cat "$work"/2-*.log | grep -c '^Building \.\.\. ') || true
    all=$(find "$work/source/Build" -name GNUmakefile 2>/dev/null | wc -l)
    [ "$all" = 0 ] || echo ", $begun of $all modules"
}

fail() {
    [ ! -t 2 ] || echo >&2
    cat "$work"/*.log >"$log"
    grep -hE -m 5 '(^|[^a-z])error( [A-Z0-9]+)?:|\*\*\*' "$log" >&2 || tail -n 5 "$log" >&2
    say "failed; the whole log: $log"
    exit 1
}

# Each job is a process group, so that an interrupted build leaves no compiler running, and gets a bare environment,
# so that a calling make's flags and the user's CFLAGS decide nothing.
pids=()
start() { # LOG COMMAND...
    local to=$work/$1.log
    shift
    setsid env -i PATH="$PATH" HOME="$work" TMPDIR="$work/tmp" LC_ALL=C.UTF-8 "$@" >"$to" 2>&1 9>&- &
    pids+=($!)
}
finish() { # PHASE [DETAIL FUNCTION]
    local i running
    while [ ${#pids[@]} -gt 0 ]; do
        progress "$@"
        sleep 0.3
        running=" $(jobs -rp | tr '\n' ' ')"
        for i in "${!pids[@]}"; do
            [[ $running != *" ${pids[i]} "* ]] || continue
            wait "${pids[i]}" || fail
            unset "pids[i]"
        done
    done
}
clean_up() {
    local pid
    for pid in "${pids[@]}"; do kill -- "-$pid" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}

# From here on the tree is this process's, and is gone when it ends.
begin() {
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    rm -rf "$work"
    mkdir -p "$work/done" "$work/tmp"
}

output() { # TARGET
    case $1 in
        *-FP) echo "Build/OvmfXen-FP/${1%-FP}_GCC5" ;;
        *) echo "Build/OvmfXen/$1_GCC5" ;;
    esac
}

# The source unpacked, and its images built. The current directory is then the source.
build_tree() { # DSC TARGET...
    local target
    start 0-source dpkg-source -x "$1" "$work/source"
    finish "unpacking $(basename "$1" .dsc)"
    shift
    cd "$work/source"
    start 1-tools "$here/recipe.sh" tools
    finish "building edk2's tools"
    for target; do start "2-$target" "$here/recipe.sh" image "$target"; done
    finish "building $*" modules
}

# What it takes to build faults later without building all of this again. Its makefiles know where they are.
tree_archive() { echo "$cache/faults/tree-$1-$(echo "$work" | sha256sum | cut -c 1-8).tar.gz"; } # KEY
keep_tree() { # KEY
    # shellcheck disable=SC2086
    start 4-base "$here/fault.sh" base $fault_targets
    finish "keeping the tree for faults"
    # shellcheck disable=SC2086
    start 5-archive "$here/fault.sh" archive "$(tree_archive "$1")" $fault_targets
    finish "keeping the tree for faults"
}

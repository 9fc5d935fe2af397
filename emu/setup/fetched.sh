# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Sourced, not run: what was fetched is remembered, so that later it can be told whether it is still that, and where it is from.
# A folder's fetched.tsv has a line a file: PATH below the folder, its SHA-256, PACKAGE, VERSION, ORIGIN (a suite, or npm), and the
# SHA-256 of the archive that it came in, which apt or npm has checked.

fetched_sum() { sha256sum "$1" | cut -d ' ' -f 1; }

# fetched_note DIR PACKAGE VERSION ORIGIN ARCHIVE FILE... : FILEs are below DIR.
fetched_note() {
    fetched_dir=$1
    fetched_of=$(printf '%s\t%s\t%s\t%s' "$2" "$3" "$4" "$(fetched_sum "$5")")
    shift 5
    for fetched_file; do
        # What was there under that name is gone.
        if [ -e "$fetched_dir/fetched.tsv" ]; then
            awk -F '\t' -v name="$fetched_file" '$1 != name' "$fetched_dir/fetched.tsv" >"$fetched_dir/fetched.new"
        fi
        printf '%s\t%s\t%s\n' "$fetched_file" "$(fetched_sum "$fetched_dir/$fetched_file")" "$fetched_of" >>"$fetched_dir/fetched.new"
        mv "$fetched_dir/fetched.new" "$fetched_dir/fetched.tsv"
    done
}

# fetched_known DIR FILE : is there a line about it?
fetched_known() {
    [ -e "$1/fetched.tsv" ] && awk -F '\t' -v name="$2" '$1 == name { found = 1 } END { exit !found }' "$1/fetched.tsv"
}

# fetched_check DIR WHAT-TO-DO [FILE] : false, with one line, when a file (FILE, or any) is not what was fetched.
fetched_check() {
    [ -e "$1/fetched.tsv" ] || return 0
    fetched_bad=$(awk -F '\t' -v name="${3:-}" 'name == "" || $1 == name { print $2 "  " $1 }' "$1/fetched.tsv" |
        (cd "$1" && LC_ALL=C sha256sum --check --quiet 2>/dev/null) | head -n 1)
    [ -n "$fetched_bad" ] || return 0
    echo "$1/${fetched_bad%%: *}: not the file that was fetched (its SHA-256 is another): $2" >&2
    return 1
}

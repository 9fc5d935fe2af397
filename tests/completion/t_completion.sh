#!/bin/bash
# Completion in the real shells: each offers the verbs, each verb's options as --help has them, what an option may be,
# presets, rules, checks, files.
. "$SRC/tests/tap.sh"
cd "$T" || exit 1
mkdir completions
for shell in bash zsh fish; do
    "$HVMBED" completion $shell >"completions/$shell" || exit 1
done
mkdir work work/folder
touch work/OVMF.fd "work/with blank.fd" work/mine.cfg
verbs() { "$HVMBED" --help | sed -n 's/^  \(\S* \?\S\+\)  .*/\1/p' | sed 's/ *$//'; }
options() { "$HVMBED" $1 --help | sed -nE 's/^  (-.,|   ) (--\S+).*/\2/p' | sort; }
# By option: "name|value|value" of those whose argument is a choice.
choices() { "$HVMBED" $1 --help | sed -nE 's/^  (-.,|   ) (--\S+) ([a-z0-9-]+(\|[a-z0-9-]+)+)(\[=FILE\])?( .*)?$/\2|\3/p'; }
presets=$(cd "$SRC/layouts" && ls | sed 's/\.cfg$//')
rules=$("$HVMBED" rules | awk '{ print $1 }')
same() { diff <(tr ' ' '\n' <<<"$1" | sed '/^$/d' | sort -u) <(sort -u "$2"); }
lacks() { ! grep -qxF -- "$1" "$2"; }

# offers SHELL LINE: one a line, without descriptions; the last word is completed.
bash_script=$T/completions/bash
cat >drive.bash <<'END'
# LINEs on standard input; for each, what bash offers, and a line with a dot.
if [ -n "${2-}" ]; then . "$2"; else . "$1"; fi
[ -z "${2-}" ] || _completion_loader hvmbed
while IFS= read -r COMP_LINE; do
    COMP_WORDS=($(sed 's/=/ = /g' <<<"$COMP_LINE")) # as COMP_WORDBREAKS has it
    [[ $COMP_LINE != *\  ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE}
    COMPREPLY=()
    $(complete -p hvmbed | sed 's/.*-F \(\S*\).*/\1/')
    printf '%s\n' "${COMPREPLY[@]}" | sed '/^$/d'
    echo .
done
END
in_bash() { (cd work && bash --norc ../drive.bash "$bash_script" "${loader-}" 2>&1); }
in_zsh() { # a file _hvmbed in a folder of fpath
    mkdir -p "$T/zsh" && cp "$T/completions/zsh" "$T/zsh/_hvmbed"
    while IFS= read -r line; do
        (cd work && timeout 120 zsh -f "$SRC/tests/completion/capture.zsh" "$T/zsh" "$line")
        echo .
    done
}
in_fish() { # in one process; a description follows a tab
    sed "s/.*/complete -C '&'; echo ./" >"$T/fish.in"
    (cd work && HOME=$T XDG_CONFIG_HOME=$T fish --no-config -c "source ../completions/fish; source ../fish.in" | cut -f 1)
}
# ask SHELL: the lines of $T/lines; answers to $T/answer.1, .2 …
ask() {
    rm -f "$T"/answer.*
    "in_$1" <"$T/lines" | awk -v to="$T/answer." 'BEGIN { n = 1; printf "" >(to n) } $0 == "." { n++; printf "" >(to n); next } { print >(to n) }'
}

check() { # SHELL: what is the same in all of them
    local shell=$1 verb line n=0
    shift
    {
        echo "hvmbed "
        echo "hvmbed layout "
        echo "hvmbed run -l pvh-"
        echo "hvmbed run -W "
        echo "hvmbed run --until "
        echo "hvmbed layout lint -E "
        echo "hvmbed layout export -f "
        echo "hvmbed run "
        echo "hvmbed layout show "
        echo "hvmbed run --symbols "
        echo "hvmbed completion "
        echo "hvmbed run --budget "
        echo "hvmbed run --format=j"
    } >"$T/lines"
    verbs >"$T/verbs"
    case $shell in
        zsh) printf '%s\n' run "layout lint" >"$T/verbs.asked" ;; # a shell is started for each
        *) cp "$T/verbs" "$T/verbs.asked" ;;
    esac
    while read -r verb; do echo "hvmbed $verb --"; done <"$T/verbs.asked" >>"$T/lines"
    choices run | head -n ${choices:-99} | sed 's/|.*//; s/.*/hvmbed run & /' >>"$T/lines"
    ask $shell
    grep -vE '^--?(help|version|h)$' "$T/answer.1" >"$T/first"
    ok "$shell: verbs" same "$(awk '{ print $1 }' "$T/verbs")" "$T/first"
    ok "$shell: verbs of a group" same "$(sed -n 's/^layout //p' "$T/verbs")" "$T/answer.2"
    ok "$shell: -l: presets" same "$(grep '^pvh-' <<<"$presets")" "$T/answer.3"
    ok "$shell: -W: rules" same "$rules all" "$T/answer.4"
    ok "$shell: --until" same "handoff bds shell ready-to-boot exit-boot-services end" "$T/answer.5"
    ok "$shell: lint's checks" same "$("$HVMBED" layout lint --list | awk '{ print $1 }')" "$T/answer.6"
    ok "$shell: forms of a table" same "hvmloader xl-dmesg dmesg iomem" "$T/answer.7"
    sed 's,/$,,; s/\\//g' "$T/answer.8" >"$T/files"
    grep -qx "OVMF.fd" "$T/files" && grep -qx "with blank.fd" "$T/files" && grep -qx folder "$T/files"
    ok "$shell: files" test $? = 0
    sed 's,/$,,; s/\\//g' "$T/answer.9" >"$T/files"
    grep -qx "mine.cfg" "$T/files" && grep -qx hvm-1g "$T/files"
    ok "$shell: a layout: presets and files" test $? = 0
    sed 's,/$,,' "$T/answer.10" >"$T/files"
    ok "$shell: a folder" same folder "$T/files"
    ok "$shell: shells" same "bash zsh fish" "$T/answer.11"
    ok "$shell: nothing for a number" test ! -s "$T/answer.12"
    sed 's/^--format=//' "$T/answer.13" >"$T/value"
    ok "$shell: --format=j" same "$("$HVMBED" run --help | grep -oE 'text\|\S+' | tr '|' '\n' | grep '^j')" "$T/value"
    n=13
    while read -r verb; do
        n=$((n + 1))
        ok "$shell: options of $verb" same "$(options "$verb")" "$T/answer.$n"
    done <"$T/verbs.asked"
    while IFS='|' read -r option values; do
        n=$((n + 1))
        ok "$shell: $option" same "${values//|/ }" "$T/answer.$n"
    done < <(choices run | head -n ${choices:-99})
}

ok "bash: no other shell is known" test "$("$HVMBED" completion csh 2>&1; echo $?)" = "hvmbed: csh: no completion is known for this shell; there is bash, zsh and fish
2"
check bash
loader=/usr/share/bash-completion/bash_completion
if [ -e $loader ]; then
    mkdir -p share/bash-completion/completions
    cp completions/bash share/bash-completion/completions/hvmbed
    printf 'hvmbed layout li\n' >lines
    export XDG_DATA_DIRS=$T/share
    ask bash
    unset XDG_DATA_DIRS
    ok "bash: bash-completion finds and loads it" same lint "$T/answer.1"
else
    skip "bash: bash-completion finds and loads it" "no bash-completion"
fi
loader=
if command -v zsh >/dev/null; then choices=2 check zsh; else skip "zsh" "no zsh"; fi
if command -v fish >/dev/null; then check fish; else skip "fish" "no fish"; fi
done_testing

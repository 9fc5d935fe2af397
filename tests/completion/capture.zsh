#!/bin/zsh -f
# What zsh offers: capture.zsh FOLDER LINE. One match a line; FOLDER has _hvmbed. Drives a real shell on a pseudo-terminal.
zmodload zsh/zpty
zpty z zsh -f -i
settle() { zpty -w z "$1"; zpty -r z junk "*${2}*" >/dev/null }
settle 'PROMPT=; unsetopt zle_bracketed_paste; stty -echo; print rea''dy-0' ready-0
settle "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $1/dump; print rea''dy-1" ready-1
# compadd tells what it would add; that is what there is to be seen.
settle '
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits
    builtin compadd -A hits -D hits "$@" 2>/dev/null
    builtin compadd -O hits "$@"
    print -rl -- "MATCH "${^hits}
    builtin compadd "$@"
}
ending() { print -r -- THE_"END"; exit }
finish() { zle complete-word; ending }
zle -C complete-word .complete-word _main_complete
zle -N finish; bindkey "^X" finish
print rea""dy-2' ready-2
zpty -w -n z "$2"$'\x18'
zpty -r z seen '*THE_END*'
print -r -- "$seen" | tr -d '\r' | sed -n 's/.*MATCH //p' | sort -u
zpty -d z

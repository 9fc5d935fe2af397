# What --help of a verb says of its options: letter ("-l", may be empty), name, argument (may be empty), help; tabs between.
/^  -., --/ || /^      --/ {
    rest = substr($0, 7)
    letter = substr($0, 3, 1) == "-" ? substr($0, 3, 2) : ""
    name = rest; sub(/ .*/, "", name); rest = substr(rest, length(name) + 1)
    arg = ""
    if (rest ~ /^ [^ ]/) { arg = substr(rest, 2); sub(/ .*/, "", arg); rest = substr(rest, length(arg) + 2) }
    if (rest == "") getline rest # a long one has its help on the next line
    sub(/^ +/, "", rest)
    print letter "\t" name "\t" arg "\t" rest
}

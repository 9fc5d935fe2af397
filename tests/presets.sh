# Presets, for scripts that boot all of them. SRC is the source tree.
# One that takes too long to boot says so in a comment, "Slow: why": tests compare its hand-offs and leave it at that.
is_slow() { # LAYOUT
    grep -q '^# Slow: ' "$1"
}

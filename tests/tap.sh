# TAP for the test scripts: source it, then  ok "what" COMMAND...;  skip "what" "why";  done_testing.
set -u
export LC_ALL=C
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
tap_count=0 tap_bad=0

ok() { # WHAT COMMAND...
    local what=$1
    shift
    tap_count=$((tap_count + 1))
    if "$@" >"$T/tap.log" 2>&1; then
        echo "ok $tap_count - $what"
    else
        tap_bad=$((tap_bad + 1))
        echo "not ok $tap_count - $what"
        head -n 20 "$T/tap.log" | sed 's/^/# /'
    fi
}
skip() { # WHAT WHY
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}
skip_all() { # WHY
    echo "1..0 # SKIP $1"
    exit 0
}
done_testing() {
    echo "1..$tap_count"
    exit $((tap_bad != 0))
}

# Runs CPU-bound jobs side by side, as many as there are cores: at_once COMMAND...
at_once() {
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
    "$@" &
}

#!/bin/bash
# A guest of 8 GiB costs what it touches.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"
limit=65536 # KiB resident

image=ovmfxen/RELEASE/OVMF.fd
have $image || image=OVMF.fd
have $image || skip_all "$(why_not OVMF.fd)"
# Sanitizers have shadow memory of their own.
! grep -qa __asan_init "$HVMBED" || skip_all "built with sanitizers"

{ cat "$SRC/layouts/hvm-8g.cfg"; echo 'bed_fill = "0xafafafafafafafaf"'; } >"$T/fill.cfg"

# The peak as the kernel counts it, by polling: nothing but a shell is needed. VmHWM only grows.
peak_of() { # LAYOUT
    "$HVMBED" run -q -l "$1" "$FIRMWARE_DIR/$image" >"$T/out" 2>&1 &
    local pid=$! peak=0 now
    while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status 2>/dev/null) && [ -n "$now" ]; do
        peak=$now
        sleep 0.02
    done
    wait $pid || { echo "exit code $?"; cat "$T/out"; return 1; }
    echo "$peak KiB"
    [ "$peak" -gt 1024 ] && [ "$peak" -lt $limit ]
}
ok "8 GiB peak under 64 MiB" peak_of "$SRC/layouts/hvm-8g.cfg"
ok "8 GiB with every byte filled peak under 64 MiB" peak_of "$T/fill.cfg"
done_testing

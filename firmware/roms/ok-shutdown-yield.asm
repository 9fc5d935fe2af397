; Asks the scheduler for other things, and writes the reset ports without resetting.
%macro AT_PEI 0
        xor esi, esi
        HYPERCALL SCHED_OP, 0           ; yield
        test rax, rax
        MUST z
        mov dx, 0xcf9
        mov al, 2
        out dx, al
        in al, 0x92
        or al, 2
        and al, ~1
        out 0x92, al
%endmacro
%include "rom.inc"

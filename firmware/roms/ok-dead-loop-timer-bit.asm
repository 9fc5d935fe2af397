; Waits for a bit of the ACPI timer that changes every 1.2 seconds: each turn looks like the one before.
%macro AT_PEI 0
        mov dx, 0xb008
%%wait:
        in eax, dx
        and eax, 1 << 22
        jz %%wait
%endmacro
%include "rom.inc"

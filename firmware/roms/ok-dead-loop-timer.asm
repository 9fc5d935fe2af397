; Waits half a second by the ACPI timer, as a delay does.
%macro AT_PEI 0
        mov dx, 0xb008
        in eax, dx
        mov ebx, eax
%%wait:
        in eax, dx
        sub eax, ebx
        and eax, 0xffffff
        cmp eax, 1789772
        jb %%wait
%endmacro
%include "rom.inc"

; A long loop whose registers are the same on every turn: it counts in memory.
%macro AT_PEI 0
        mov dword [abs SCRATCH], 0
%%again:
        inc dword [abs SCRATCH]
        cmp dword [abs SCRATCH], 3000000
        jne %%again
%endmacro
%include "rom.inc"

; A loop that changes memory back and forth for ever.
%macro AT_PEI 0
%%again:
        xor dword [abs SCRATCH], 1
        jmp %%again
%endmacro
%include "rom.inc"

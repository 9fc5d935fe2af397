; The pointer is written a thousand times, and the last one is null.
%macro AT_PEI 0
        mov ecx, 1000
.again: dec ecx
        mov [abs SCRATCH + 0x18], rcx
        jnz .again
        call [abs SCRATCH + 0x18]
%endmacro
%include "rom.inc"

; The same in 32-bit code: a null pointer in memory.
%macro AT_FLAT32 0
        mov dword [SCRATCH + 4], 0
        mov ebx, SCRATCH
        call [ebx + 4]
%endmacro
%include "rom.inc"

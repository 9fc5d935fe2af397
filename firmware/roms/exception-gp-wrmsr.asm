; Writes an MSR that does not exist.
%macro AT_PEI 0
        USE_IDT
        mov ecx, 0x12345
        xor eax, eax
        xor edx, edx
        wrmsr
%endmacro
%include "rom.inc"

; The same for SYSENTER's stack.
%macro AT_PEI 0
        USE_IDT
        mov ecx, 0x175
        xor eax, eax
        mov edx, 0x7fff
        wrmsr
        mov edx, 0x8000
        wrmsr
%endmacro
%include "rom.inc"

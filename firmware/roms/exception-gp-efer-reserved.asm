; A bit of EFER that no processor has.
%macro AT_PEI 0
        USE_IDT
        mov ecx, 0xc0000080
        rdmsr
        wrmsr
        or eax, 2
        wrmsr
%endmacro
%include "rom.inc"

; LME goes while paging is on. NXE may be turned on.
%macro AT_PEI 0
        USE_IDT
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x800
        wrmsr
        btr eax, 8
        wrmsr
%endmacro
%include "rom.inc"

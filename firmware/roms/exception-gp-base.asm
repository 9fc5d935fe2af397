; An address that is not canonical in an MSR that holds one: GS.base. Its neighbours are taken.
%macro AT_PEI 0
        USE_IDT
        mov ecx, 0xc0000101
        xor eax, eax
        mov edx, 0xffff8000
        wrmsr
        dec eax
        mov edx, 0x7fff
        wrmsr
        xor eax, eax
        mov edx, 0x8000
        wrmsr
%endmacro
%include "rom.inc"

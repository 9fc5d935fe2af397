; Paging with LME and without PAE. PAE goes first, which nobody objects to.
%macro AT_FLAT32 0
        mov eax, cr4
        and al, ~0x20
        mov cr4, eax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x100
        wrmsr
        mov eax, cr0
        mov cr0, eax
        bts eax, 31
        mov cr0, eax
%endmacro
%include "rom.inc"

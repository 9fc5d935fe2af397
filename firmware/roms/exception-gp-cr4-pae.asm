; Long mode without PAE. PGE may be turned off and on.
%macro AT_PEI 0
        USE_IDT
        mov rax, cr4
        mov rbx, rax
        xor al, 0x80
        mov cr4, rax
        mov cr4, rbx
        and bl, ~0x20
        mov cr4, rbx
%endmacro
%include "rom.inc"

; Not-write-through without cache-disable.
%macro AT_PEI 0
        USE_IDT
        mov rax, cr0
        or eax, 0x60000000
        mov cr0, rax
        and eax, ~0x40000000
        mov cr0, rax
%endmacro
%include "rom.inc"

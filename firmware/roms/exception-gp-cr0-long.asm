; 64-bit code turns paging off.
%macro AT_PEI 0
        USE_IDT
        mov rax, cr0
        mov cr0, rax
        btr rax, 31
        mov cr0, rax
%endmacro
%include "rom.inc"

; A bit of CR4 that no processor has.
%macro AT_PEI 0
        USE_IDT
        mov rax, cr4
        or eax, 4
        mov cr4, rax
        bts rax, 28
        mov cr4, rax
%endmacro
%include "rom.inc"

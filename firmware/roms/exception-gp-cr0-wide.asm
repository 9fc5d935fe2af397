; The upper half of CR0; its lower half is what it was.
%macro AT_PEI 0
        USE_IDT
        mov rax, cr0
        bts rax, 32
        mov cr0, rax
%endmacro
%include "rom.inc"

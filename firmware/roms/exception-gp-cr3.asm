; An address beyond the processor's width; the last one within it is taken by a register that nobody uses.
%macro AT_PEI 0
        USE_IDT
        mov r8, cr3
        mov cr3, r8
        bts r8, 40
        mov cr3, r8
%endmacro
%include "rom.inc"

; A stack that has run out of its mapping.
%macro AT_PEI 0
        USE_IDT
        mov rsp, 0x1234567890
        push rax
%endmacro
%include "rom.inc"

; A page fault whose gate is not present.
%macro AT_PEI 0
        USE_IDT
        mov byte [abs IDT_AT + 14 * 16 + 5], 0
        mov rbx, 0x1234567890
        mov [rbx], eax
%endmacro
%include "rom.inc"

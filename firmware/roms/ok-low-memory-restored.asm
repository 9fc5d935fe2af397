; Borrows the page that OVMF wakes processors through, and restores it.
%macro AT_MEMORY 0
        mov rax, [abs 0x9f800]
        mov qword [abs 0x9f800], 1
        mov [abs 0x9f800], rax
%endmacro
%include "rom.inc"

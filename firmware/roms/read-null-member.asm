; A member of a structure that was not found, in PEI; then the structure itself, on the new stack. The look that SEC may have at
; byte 0 must not hide them.
%macro AT_SEC 0
        cmp byte [abs 0], 2
%endmacro
%macro AT_PEI 0
        xor ebx, ebx
        mov eax, [rbx + 0x18]
%endmacro
%macro AT_MEMORY 0
        xor ebx, ebx
        mov rax, [rbx]
%endmacro
%include "rom.inc"

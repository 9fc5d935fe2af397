; Sets a member of a structure that was not allocated, and reads it back: the write took place.
%macro AT_MEMORY 0
        xor ebx, ebx
        mov dword [rbx + 0x28], 0x11223344
        jmp short %%then
%%then: cmp dword [rbx + 0x28], 0x11223344
        MUST e
%endmacro
%include "rom.inc"

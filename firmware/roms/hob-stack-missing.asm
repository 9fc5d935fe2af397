; No HOB says where the stack is.
%macro AFTER_HOBS 0
        mov edx, HOBS_AT
%%find: movzx esi, word [rdx + 2]
        add edx, esi
        cmp dword [rdx + 8], 0x4ED4BF27
        jne %%find
        mov qword [rdx + 8], 0
        mov qword [rdx + 16], 0
%endmacro
%include "rom.inc"

; Changes code in its own image that has run before and runs it again: the new code must be what runs.
%macro AT_SEC 0
        call %%value
        cmp eax, 1
        MUST e
        lea rbx, [%%value]
        mov byte [rbx + 1], 2
        call %%value
        cmp eax, 2
        MUST e
        jmp %%over
%%value:
        mov eax, 1
        ret
%%over:
%endmacro
%include "rom.inc"

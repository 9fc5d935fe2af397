; CpuDeadLoop(): reads a volatile variable on the stack for ever.
%macro AT_PEI 0
        sub rsp, 0x28
        mov dword [rsp + 0x20], 0
%%again:
        pause
        cmp dword [rsp + 0x20], 0
        je %%again
%endmacro
%include "rom.inc"

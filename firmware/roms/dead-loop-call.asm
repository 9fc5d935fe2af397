; A loop with a call: each turn stores the same return address again.
%macro AT_PEI 0
%%again:
        call waits
        jmp %%again
%endmacro
%macro MODULE_CODE 0
waits:
        push rbx
        pause
        pop rbx
        ret
%endmacro
%include "rom.inc"

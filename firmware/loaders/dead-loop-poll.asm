; Waits for an answer of the store that will not come.
%macro AT_START 0
%%wait: mov eax, SCHED_OP
        xor ebx, ebx
        vmcall
        cmp dword [RSP_PROD], 0
        je %%wait
%endmacro
%include "loader.inc"

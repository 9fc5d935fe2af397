; Gives up the way hvmloader does.
%macro AT_START 0
        mov dword [ARG], 3
        HYPERCALL SCHED_OP, 2, ARG
%endmacro
%include "loader.inc"

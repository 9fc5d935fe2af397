; A part of the buffer is not in memory.
%macro AT_START 0
        mov dword [ARG], 128
        mov dword [ARG + 4], 0x40000000 - 8
        HYPERCALL MEMORY_OP, MEMORY_MAP, ARG
%endmacro
%include "loader.inc"

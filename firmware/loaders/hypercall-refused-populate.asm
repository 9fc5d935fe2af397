; Asks for a page there.
%macro AT_START 0
        mov dword [LIST], 0xfffffff0
        mov dword [ARG], LIST
        mov dword [ARG + 4], 1
        mov dword [ARG + 16], 0x7ff0
        HYPERCALL MEMORY_OP, POPULATE, ARG
        mov dword [ARG + 16], 0
%endmacro
%include "loader.inc"

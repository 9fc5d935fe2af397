; Registers come over RAM: it is still there, but they cannot be reached.
%macro AT_START 0
        mov dword [0x10000000], 7
        CONFIG NIC, 0x04, 2
        CONFIG NIC, 0x14, 0x10000000
        cmp dword [0x10000000], 7
        MUST e
%endmacro
%include "loader.inc"

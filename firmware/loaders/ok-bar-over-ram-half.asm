; The same values, but nothing is decoded until both halves are there.
%macro AT_START 0
        CONFIG DEVICE, 0x04, 0
        CONFIG DEVICE, 0x10, 0xffffffff
        CONFIG DEVICE, 0x14, 0xffffffff
        CONFIG DEVICE, 0x10, 0x20000000
        CONFIG DEVICE, 0x14, 0x10
        CONFIG DEVICE, 0x04, 2
        mov dword [0x20000000], 1
        cmp dword [0x20000000], 1
        MUST e
%endmacro
%include "loader.inc"

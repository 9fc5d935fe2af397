; A 64-bit BAR is programmed with its decode bit set, the lower half first.
%macro AT_START 0
        CONFIG DEVICE, 0x04, 2
        CONFIG DEVICE, 0x10, 0x20000000
        CONFIG DEVICE, 0x14, 0x10
        mov dword [0x20000000], 1
%endmacro
%include "loader.inc"

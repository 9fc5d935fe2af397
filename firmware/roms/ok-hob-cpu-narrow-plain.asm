; Firmware that does not know Xen gives fewer address bits.
%macro AT_HOBS 0
        mov byte [rdi - 16 + 8], 36
%endmacro
%include "rom.inc"

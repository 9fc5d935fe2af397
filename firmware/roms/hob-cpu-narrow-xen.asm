; Firmware that knows Xen, and gives fewer address bits than the processor has.
%macro AT_HOBS 0
        mov byte [rdi - 16 + 8], 36
        HOB_XEN 4, 17, 0
%endmacro
%include "rom.inc"

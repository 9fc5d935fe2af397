; A HOB of Xen's that holds nothing.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
        sub rdi, 8
        mov word [rdi - 32 + 2], 32
%endmacro
%include "rom.inc"

; A driver reads through a null pointer.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        mov eax, [abs 8]
%endmacro
%include "dxe.inc"

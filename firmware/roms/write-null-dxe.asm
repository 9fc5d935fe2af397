; A driver writes through a null pointer.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        mov dword [abs 8], 1
%endmacro
%include "dxe.inc"

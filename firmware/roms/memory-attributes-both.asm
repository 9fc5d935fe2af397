; Runtime code that may be written and executed.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 ATTRIBUTES + 16 + 48 + 32, 1 << 63
%endmacro
%include "dxe.inc"

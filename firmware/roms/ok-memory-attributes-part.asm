; An attribute is for a part of runtime code.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 ATTRIBUTES + 16 + 48 + 24, 1
%endmacro
%include "dxe.inc"

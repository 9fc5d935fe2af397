; An attribute is for more than runtime code has.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET64 ATTRIBUTES + 16 + 48 + 24, 3
%endmacro
%include "dxe.inc"

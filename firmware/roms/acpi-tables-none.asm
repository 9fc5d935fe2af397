; Xen's tables are not handed on.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 CONFIG, 0
%endmacro
%include "dxe.inc"

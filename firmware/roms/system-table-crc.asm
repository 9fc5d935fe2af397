; Boot services are changed, and their CRC is not.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 BOOT + 0x100, 1
%endmacro
%include "dxe.inc"

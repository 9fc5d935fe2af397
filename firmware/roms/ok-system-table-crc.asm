; Boot services are changed, and so is their CRC.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 BOOT + 0x100, 1
        NEW_CRC BOOT
%endmacro
%include "dxe.inc"

; Hvmloader's SMBIOS tables are not handed on.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 CONFIG_TABLE(SMBIOS_ENTRY) - 16, 0
%endmacro
%include "dxe.inc"

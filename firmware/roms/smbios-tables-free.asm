; The SMBIOS entry point is in free memory.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        COPY FREE, 0xeb000, 31
        SET32 CONFIG_TABLE(SMBIOS_ENTRY), FREE
%endmacro
%include "dxe.inc"

; A byte of the SMBIOS entry point has changed.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        COPY SMBIOS_AT, 0xeb000, 31
        xor byte [abs SMBIOS_AT + 8], 0x55
        SET32 CONFIG_TABLE(SMBIOS_ENTRY), SMBIOS_AT
%endmacro
%include "dxe.inc"

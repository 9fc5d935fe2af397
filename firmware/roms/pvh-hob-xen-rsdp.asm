; Does not tell DXE where the RSDP is.
%define PVH 1
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%include "rom.inc"

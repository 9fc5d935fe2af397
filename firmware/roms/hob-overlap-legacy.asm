; The overlap that OvmfXen is known for, from firmware that does not know Xen.
%macro AT_HOBS 0
        HOB_RESOURCE 5, 0xa0000, 0x100000
        HOB_RESOURCE 1, 0xa0000, 0x100000
%endmacro
%include "rom.inc"

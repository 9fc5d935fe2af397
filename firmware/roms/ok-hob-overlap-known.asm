; The overlap that OvmfXen is known for, from firmware that knows Xen.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
        HOB_RESOURCE 5, 0xa0000, 0x100000
        HOB_RESOURCE 1, 0xa0000, 0x100000
%endmacro
%include "rom.inc"

; The overlap that OvmfXen is known for, from firmware that knows Xen: A0000-100000 is declared reserved, too.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
        HOB_RESOURCE 1, 0xa0000, 0x100000
%endmacro
%include "rom.inc"

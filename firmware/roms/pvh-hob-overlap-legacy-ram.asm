; The overlap that OvmfXen is known for, but with RAM below the MMIO: what it is depends on the order.
%define PVH 1
%define OWN_RESERVED
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0xfc008000
        HOB_RESOURCE 0, 0xc0000, 0x100000
        HOB_RESOURCE 5, 0xfc000000, 0xff000000
        HOB_RESOURCE 1, 0xa0000, 0x100000
%endmacro
%include "rom.inc"

; A 64-bit BAR is sized with its decode bit set: it lies below 4 GiB meanwhile, over Xen's pages.
%macro AT_START 0
        CONFIG DEVICE, 0x14, 0
        CONFIG DEVICE, 0x04, 2
        CONFIG DEVICE, 0x10, 0xffffffff
        CONFIG DEVICE, 0x10, 0
%endmacro
%include "loader.inc"

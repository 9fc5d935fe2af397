; Free memory is read-only, and while CR0.WP is clear that hinders nobody.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        and byte [abs PAGE_TABLES + 0x2000 + 8 * 100], ~2
%endmacro
%include "dxe.inc"

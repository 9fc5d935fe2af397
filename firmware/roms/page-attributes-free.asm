; Free memory cannot be written to.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        mov rax, cr0
        bts rax, 16
        mov cr0, rax
        and byte [abs PAGE_TABLES + 0x2000 + 8 * 100], ~2
%endmacro
%include "dxe.inc"

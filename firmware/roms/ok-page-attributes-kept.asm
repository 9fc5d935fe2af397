; What the GCD calls read-only is: nobody is to be given it.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(map_0) + MAP_TYPE, 4
        SET32 DX(map_1) + MAP_TYPE, 4
        SET64 DX(gcd_0) + GCD_ATTRIBUTES, 8 | 0x20000
        and byte [abs PAGE_TABLES + 0x2000], ~2
        mov rax, cr0
        bts rax, 16
        mov cr0, rax
%endmacro
%include "dxe.inc"

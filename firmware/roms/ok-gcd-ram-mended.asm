; What is spoiled is mended before ready to boot: the event that is signalled meanwhile only has its place.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_DRIVER 0
        SET32 DX(gcd_4) + GCD_TYPE, 2
        mov eax, DX(ready_to_boot)
        mov [rsp + 0x20], rax
        lea rax, [rsp + 0x50]
        mov [rsp + 0x28], rax
        call [abs BOOT + 0x170]
        mov eax, DX(config)
        mov [rsp + 0x20], rax
        call [abs BOOT + 0x170]
        mov rcx, [rsp + 0x50]
        call [abs BOOT + 0x68]
        SET32 DX(gcd_4) + GCD_TYPE, 1
%endmacro
%include "dxe.inc"

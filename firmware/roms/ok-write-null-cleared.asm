; The core clears page 0 before it gives it out.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro IN_CORE 0
        xor edi, edi
        mov ecx, 0x1000 / 8
        xor eax, eax
        cld
        rep stosq
%endmacro
%include "dxe.inc"

; Calls through a pointer that is stored in low memory: odd, but it leads to a function. Restores it.
%macro AT_PEI 0
        mov rdx, [abs 0x2000]
        lea rax, [called]
        mov [abs 0x2000], rax
        mov eax, 0x2000
        call [rax]
        mov [abs 0x2000], rdx
%endmacro
%macro MODULE_CODE 0
called:
        ret
%endmacro
%include "rom.inc"

; Calls through a pointer that is stored at address 0: odd, but it leads to a function. Restores it.
%macro AT_PEI 0
        mov rdx, [abs 0]
        lea rax, [called]
        mov [abs 0], rax
        xor eax, eax
        call [rax]
        mov [abs 0], rdx
%endmacro
%macro MODULE_CODE 0
called:
        ret
%endmacro
%include "rom.inc"

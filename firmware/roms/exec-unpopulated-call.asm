; Calls a function behind the end of RAM.
%macro AT_PEI 0
        mov eax, 0x50000000
        call rax
%endmacro
%include "rom.inc"

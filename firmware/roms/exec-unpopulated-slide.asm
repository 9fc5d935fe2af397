; Runs off the end of RAM.
%macro AT_PEI 0
        mov dword [abs 0x3ffffffc], 0x90909090
        mov eax, 0x3ffffffc
        jmp rax
%endmacro
%include "rom.inc"

; A write across the end of RAM.
%macro AT_PEI 0
        mov rbx, 0x3ffffffc
        mov qword [rbx], 0
        cmp dword [rbx], 0
        MUST e
%endmacro
%include "rom.inc"

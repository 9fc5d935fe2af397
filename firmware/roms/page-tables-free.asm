; Leaves a page table in memory that is free.
%macro AT_MEMORY 0
        mov esi, PAGE_TABLES + 0x2000
        mov edi, 0x2000000
        mov ecx, 0x1000
        cld
        rep movsb
        mov qword [abs PAGE_TABLES + 0x1000], 0x2000003
%endmacro
%include "rom.inc"

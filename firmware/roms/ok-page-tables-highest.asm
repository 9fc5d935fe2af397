; Maps the last page that the processor can address; forbids writes to what is allocated, as DxeIpl does for page
; tables.
%macro AT_MEMORY 0
        mov qword [abs PAGE_TABLES + 8], PAGE_TABLES + 0x6003
        mov rax, 0xffc0000083
        mov [abs PAGE_TABLES + 0x6000 + 8 * 511], rax
%endmacro
%macro AT_HOBS 0
        HOB_ALLOCATION 4, 0x2000000, 0x2200000
%endmacro
%macro AT_HANDOFF 0
        and byte [abs PAGE_TABLES + 0x2000 + 8 * 16], ~2
%endmacro
%include "rom.inc"

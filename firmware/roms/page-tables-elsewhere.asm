; Maps memory at another address than its own.
%macro AT_MEMORY 0
        mov qword [abs PAGE_TABLES + 0x1000 + 8 * 100], 0x83
%endmacro
%include "rom.inc"

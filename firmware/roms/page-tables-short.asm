; Does not map the last 2 MiB of RAM.
%macro AT_HANDOFF 0
        mov qword [abs PAGE_TABLES + 0x2000 + 8 * 511], 0
%endmacro
%include "rom.inc"

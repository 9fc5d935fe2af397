; Maps free RAM read-only.
%macro AT_HANDOFF 0
        and byte [abs PAGE_TABLES + 0x2000 + 8 * 100], ~2
%endmacro
%include "rom.inc"

; Moves a page over the local APIC.
%macro AT_START 0
        MOVE_PAGE SPARE >> 12, 0xfee00
%endmacro
%include "loader.inc"

; Writes to device registers inside the reserved range: the local APIC's task priority.
%macro AT_PEI 0
        POKE 0xfee00080, 0
%endmacro
%include "rom.inc"

; Writes to the first byte behind RAM: it vanishes.
%macro AT_PEI 0
        POKE 0x40000000, 1
%endmacro
%include "rom.inc"
